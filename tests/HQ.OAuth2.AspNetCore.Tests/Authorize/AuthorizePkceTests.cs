using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>PKCE at the authorization endpoint (RFC 7636 §4.2 to §4.4, RFC 9700 §2.1.1).</summary>
internal sealed class AuthorizePkceTests
{
    private const string Lax = "lax";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
        {
            var lax = TestApp.Client(Lax, TestApp.WebSecret, null, [TestApp.RedirectUri], []);
            lax.RequirePkce = false;
            o.Clients.Add(lax);
            var open = TestApp.Client("laxspa", null, null, [TestApp.RedirectUri], []);
            open.RequirePkce = false;
            o.Clients.Add(open);
        });

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    private static string Url(string client, string? challenge, string? method) =>
        TestApp.AuthorizeUrl(client, ("code_challenge", challenge), ("code_challenge_method", method));

    [TestCase("web")]
    [TestCase("spa")]
    [TestCase("laxspa")]
    [Rfc("7636-4.4.1-1")]
    [Rfc("7636-4.4.1-2")]
    [Rfc("9700-2.1.1-2")]
    [Rfc("21-4.1.1-1")]
    public async Task A_request_without_a_challenge_is_refused(string client)
    {
        var answer = await app.NewUser().GetAsync(Url(client, null, null));
        answer.ShouldBeErrorRedirect("invalid_request");
        answer.LocationParameter("error_description").Should().Contain("code_challenge");
    }

    [TestCase("none")]
    [TestCase("client_secret_basic")]
    [Rfc("7636-4.4.1-1")]
    [Rfc("7591-2-3")]
    public async Task A_self_registered_client_must_use_pkce_whatever_the_server_asks_of_others(string method)
    {
        await using var relaxed = await TestApp.StartAsync(o => o.RequirePkce = false);
        var client = await relaxed.RegisterAsync(
            new { redirect_uris = new[] { TestApp.RedirectUri }, token_endpoint_auth_method = method }
        );
        var page = await relaxed.NewUser().GetAsync(Url(client.Text("client_id")!, null, null));
        page.ShouldBeErrorPage();
        page.Body.Should().Contain("code_challenge is missing");
        (await relaxed.NewUser().GetAsync(Url("spa", null, null))).ShouldBeErrorRedirect("invalid_request");
        (await relaxed.NewUser().GetAsync(Url("web", null, null))).IsConsentPage().Should().BeTrue();
    }

    [TestCase(null)]
    [TestCase("plain")]
    [TestCase("PLAIN")]
    [TestCase("s256")]
    [TestCase("S256 ")]
    [TestCase("S512")]
    [TestCase("foo")]
    [Rfc("7636-4.3-1")]
    [Rfc("7636-4.3-2")]
    [Rfc("7636-4.4.1-2")]
    public async Task The_method_must_be_S256_and_a_missing_one_means_plain(string? method)
    {
        foreach (var client in new[] { "spa", Lax })
        {
            var answer = await app.NewUser().GetAsync(Url(client, TestApp.Challenge, method));
            answer.ShouldBeErrorRedirect("invalid_request");
            answer.LocationParameter("error_description").Should().Contain("code_challenge_method");
        }
    }

    [TestCase("web")]
    [TestCase(Lax)]
    [Rfc("7636-4.3-3")]
    public async Task A_method_without_a_challenge_is_refused(string client) =>
        (await app.NewUser().GetAsync(Url(client, null, "S256"))).ShouldBeErrorRedirect("invalid_request");

    [TestCase("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c")]
    [TestCase("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=")]
    [TestCase("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=")]
    [TestCase("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMA")]
    [TestCase("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")]
    [TestCase("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw/cM")]
    [TestCase("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM")]
    [TestCase("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstwécM")]
    [Rfc("7636-4.2-2")]
    [Rfc("7636-4.2-3")]
    public async Task The_challenge_must_be_what_S256_gives(string challenge)
    {
        var answer = await app.NewUser().GetAsync(Url("spa", challenge, "S256"));
        answer.ShouldBeErrorRedirect("invalid_request");
        answer.LocationParameter("error_description").Should().Contain("code_challenge");
        (await app.NewUser().GetAsync(Url("spa", new('a', 129), "S256"))).ShouldBeErrorRedirect("invalid_request");
    }

    [Test, Rfc("7636-4.4-1"), Rfc("7636-4.6-2")]
    public async Task Each_code_takes_the_verifier_of_its_own_request_only()
    {
        // V-PKCE-1 and V-PKCE-2
        var first = await app.CodeAsync("spa");
        var second = await app.CodeAsync("spa", ("code_challenge", "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA"));
        Task<Answer> RedeemAsync(string code, string verifier) =>
            app.PostAsync(
                "/oauth2/token",
                ("grant_type", "authorization_code"),
                ("client_id", "spa"),
                ("code", code),
                ("code_verifier", verifier),
                ("redirect_uri", TestApp.RedirectUri)
            );
        (await RedeemAsync(first, new('a', 43))).ShouldBeError("invalid_grant");
        (await RedeemAsync(second, TestApp.Verifier)).ShouldBeError("invalid_grant");
        (await RedeemAsync(second, new('a', 43))).Status.Should().Be(200);
        (await RedeemAsync(first, TestApp.Verifier)).Status.Should().Be(200);
    }

    [Test, Rfc("7636-5-1"), Rfc("9700-2.1.1-1")]
    public async Task A_confidential_client_that_may_do_without_pkce_does_and_then_sends_no_verifier()
    {
        var code = await app.CodeAsync(Lax, ("code_challenge", null), ("code_challenge_method", null));
        (string, string)[] form =
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", TestApp.RedirectUri),
            ("basic", $"{Lax}:{TestApp.WebSecret}"),
        ];
        (await app.PostAsync("/oauth2/token", [.. form, ("code_verifier", TestApp.Verifier)])).ShouldBeError("invalid_request");
        (await app.PostAsync("/oauth2/token", form)).Status.Should().Be(200);
    }
}
