using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Extensions.Tests;

/// <summary>Each part of the sample, over HTTP.</summary>
internal sealed class PartTests
{
    private const string Key = "key_3q2-7wXjv0kPp1m8s6Yb4tZc9RdLhNfQaGiUeVoTxWk";

    [Test]
    public async Task A_login_lives_in_the_hosts_tables_and_keys_in_its_files()
    {
        await using var sample = new Sample();
        var client = await sample.RegisterAsync();
        var tokens = await sample.LogInAsync(client);
        (await sample.ApiAsync(tokens.GetProperty("access_token").GetString()!)).Should().Be(HttpStatusCode.OK);

        (await RowsAsync(sample, "select subject || ' ' || client_id from authorizations")).Should().Equal("alice " + client);
        (await RowsAsync(sample, "select client_id from clients")).Should().Equal(client);
        (await RowsAsync(sample, "select key from tickets")).Should().NotBeEmpty();
        sample.Keys.EnumerateFiles("*.key").Should().HaveCount(2).And.HaveCount(sample.Keys.GetFiles().Length, "no draft is left");
    }

    [Test]
    public async Task Another_process_goes_on_with_the_same_login()
    {
        var data = Directory.CreateTempSubdirectory("hq-extensions-");
        try
        {
            string client;
            JsonElement tokens;
            await using (var first = new Sample(data))
                tokens = await first.LogInAsync(client = await first.RegisterAsync());

            await using var second = new Sample(data);
            (await second.ApiAsync(tokens.GetProperty("access_token").GetString()!)).Should().Be(HttpStatusCode.OK);
            var refreshed = await second.TokenAsync(
                ("grant_type", "refresh_token"),
                ("client_id", client),
                ("refresh_token", tokens.GetProperty("refresh_token").GetString()!)
            );
            refreshed.StatusCode.Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Test]
    public async Task Groups_of_the_directory_are_in_the_token_of_a_user()
    {
        await using var sample = new Sample();
        var claims = Sample.Payload(await sample.LogInAsync(await sample.RegisterAsync()));
        claims.GetProperty("groups").EnumerateArray().Select(g => g.GetString()).Should().Equal("gardeners", "editors");
        claims.GetProperty("department").GetString().Should().Be("Gardens");
    }

    [Test]
    public async Task An_api_key_becomes_a_token_of_its_user_with_no_more_than_its_scope()
    {
        await using var sample = new Sample();
        var tokens = await Sample.JsonAsync(await ApiKeyAsync(sample, ("api_key", Key)));
        (await sample.ApiAsync(tokens.GetProperty("access_token").GetString()!)).Should().Be(HttpStatusCode.OK);
        tokens.TryGetProperty("refresh_token", out _).Should().BeFalse();
        var claims = Sample.Payload(tokens);
        (claims.GetProperty("sub").GetString(), claims.GetProperty("scope").GetString()).Should().Be(("alice", "read"));

        await ShouldBeAsync("invalid_request", ApiKeyAsync(sample));
        await ShouldBeAsync("invalid_grant", ApiKeyAsync(sample, ("api_key", Key + "x")));
        await ShouldBeAsync("invalid_scope", ApiKeyAsync(sample, ("api_key", Key), ("scope", "write")));
        await ShouldBeAsync("invalid_scope", ApiKeyAsync(sample, ("api_key", Key), ("scope", "\"")));
        await ShouldBeAsync("invalid_target", ApiKeyAsync(sample, ("api_key", Key), ("resource", "https://other.example")));
        var another = await sample.RegisterAsync();
        await ShouldBeAsync(
            "unauthorized_client",
            sample.TokenAsync(("grant_type", ApiKeyGrant.Name), ("client_id", another), ("api_key", Key))
        );
    }

    [Test]
    public async Task A_certificate_that_the_proxy_checked_proves_its_client()
    {
        var (certificate, thumbprint) = Certificate();
        await using var sample = new Sample(null, IPAddress.Loopback, ("certificates:reporter", thumbprint));
        (await ReportAsync(sample, certificate)).StatusCode.Should().Be(HttpStatusCode.OK);

        await ShouldBeAsync("invalid_client", ReportAsync(sample, Certificate().Text), "another certificate");
        await ShouldBeAsync("invalid_client", ReportAsync(sample, null), "none");
        await ShouldBeAsync("invalid_client", ReportAsync(sample, certificate, "scripts"), "another client");
        (await sample.Http.GetStringAsync("/.well-known/oauth-authorization-server")).Should().Contain("self_signed_tls_client_auth");
    }

    [Test]
    public async Task A_certificate_in_a_header_of_anybody_else_counts_for_nothing()
    {
        var (certificate, thumbprint) = Certificate();
        await using var sample = new Sample(null, IPAddress.Parse("203.0.113.7"), ("certificates:reporter", thumbprint));
        await ShouldBeAsync("invalid_client", ReportAsync(sample, certificate));
    }

    [Test]
    public async Task The_audit_trail_says_who_did_what()
    {
        await using var sample = new Sample();
        var client = await sample.RegisterAsync();
        var tokens = await sample.LogInAsync(client);
        await sample.PostAsync("/oauth2/revoke", null, ("client_id", client), ("token", tokens.GetProperty("refresh_token").GetString()!));

        (await RowsAsync(sample, "select event || ' ' || coalesce(subject, '-') || ' ' || client_id from audit order by rowid"))
            .Should()
            .Equal($"ClientRegistered - {client}", $"AuthorizationGranted alice {client}", $"AuthorizationRevoked alice {client}");
    }

    [Test]
    public async Task Terms_come_before_the_first_consent_and_not_again()
    {
        await using var sample = new Sample();
        var client = await sample.RegisterAsync();
        var (url, html) = await sample.OpenAsync(Sample.AuthorizeUrl(client));
        url.Should().StartWith("/terms?returnUrl=%2Foauth2%2Fauthorize%3F");
        (await sample.SubmitAsync(url, "")).StatusCode.Should().Be(HttpStatusCode.BadRequest, "the antiforgery token is missing");
        (await sample.SubmitAsync(url, html)).Headers.Location!.OriginalString.Should().StartWith("/oauth2/authorize?");

        (_, html) = await sample.OpenAsync(Sample.AuthorizeUrl(client));
        html.Should()
            .Contain("Let <bdi>Walker</bdi> in?")
            .And.Contain("nobody has checked its name")
            .And.Contain("only if you have started it")
            .And.Contain("<strong>127.0.0.1</strong>")
            .And.Contain("<li>Read your notes</li>")
            .And.Contain("You are Alice.");
    }

    [Test]
    public async Task A_no_is_told_to_the_client()
    {
        await using var sample = new Sample();
        var client = await sample.RegisterAsync();
        var (url, html) = await sample.OpenAsync(Sample.AuthorizeUrl(client));
        (url, html) = await sample.OpenAsync((await sample.SubmitAsync(url, html)).Headers.Location!.OriginalString);
        (await sample.SubmitAsync(url, html, ("decision", "deny"))).Headers.Location!.Query.Should().Contain("error=access_denied");
    }

    [Test]
    public async Task An_api_that_wants_a_second_factor_leads_to_its_page_and_then_lets_the_user_in()
    {
        await using var sample = new Sample();
        var client = await sample.RegisterAsync();
        var weak = (await sample.LogInAsync(client)).GetProperty("access_token").GetString()!;
        using (var refused = await sample.DeleteAsync(weak))
            refused
                .Headers.WwwAuthenticate.ToString()
                .Should()
                .Contain("insufficient_user_authentication")
                .And.Contain("acr_values=\"mfa\"");

        var (url, html) = await sample.OpenAsync(Sample.AuthorizeUrl(client) + "&acr_values=mfa");
        url.Should().StartWith("/second-factor?returnUrl=%2Foauth2%2Fauthorize");
        (await sample.SubmitAsync(url, html, ("code", "000000"))).Headers.Location!.OriginalString.Should().StartWith("/second-factor?");
        var back = (await sample.SubmitAsync(url, html, ("code", "287082"))).Headers.Location!.OriginalString;

        var strong = (await sample.AllowAsync(client, back)).GetProperty("access_token").GetString()!;
        (await sample.DeleteAsync(strong)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await sample.ApiAsync(strong)).Should().Be(HttpStatusCode.OK);
    }

    [TestCase("//evil.example")]
    [TestCase("https://evil.example")]
    [TestCase("/\\evil.example")]
    public async Task Its_pages_lead_nowhere_else(string returnUrl)
    {
        await using var sample = new Sample();
        (await sample.BrowseAsync("/login?returnUrl=" + Uri.EscapeDataString(returnUrl))).Headers.Location!.OriginalString.Should().Be("/");
        var (url, html) = await sample.OpenAsync("/terms?returnUrl=" + Uri.EscapeDataString(returnUrl));
        (await sample.SubmitAsync(url, html)).Headers.Location!.OriginalString.Should().Be("/");
    }

    private static Task<HttpResponseMessage> ApiKeyAsync(Sample sample, params (string, string)[] more) =>
        sample.TokenAsync([("grant_type", ApiKeyGrant.Name), ("client_id", "scripts"), .. more]);

    private static Task<HttpResponseMessage> ReportAsync(Sample sample, string? certificate, string client = "reporter") =>
        sample.PostAsync("/oauth2/token", certificate, ("grant_type", "client_credentials"), ("client_id", client), ("scope", "read"));

    private static async Task ShouldBeAsync(string error, Task<HttpResponseMessage> answer, string because = "")
    {
        var body = await Sample.JsonAsync(await answer);
        body.GetProperty("error").GetString().Should().Be(error, because);
    }

    private static Task<List<string>> RowsAsync(Sample sample, string sql) =>
        sample.Database.QueryAsync(sql, row => row.GetString(0), CancellationToken.None);

    private static (string Text, string Thumbprint) Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=reporter", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );
        return (Convert.ToBase64String(certificate.RawData), certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }
}
