using System.Net;
using System.Text.Json;
using HQ.OAuth2;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Migration.Tests;

/// <summary>docs/coming-from-openiddict.md, from the first step to the last, with a real OpenIddict server.</summary>
internal sealed class FromOpenIddictTests
{
    private const string Web = "https://app.example.com/cb";
    private const string Spa = "https://spa.example.com/cb";

    private static readonly (string, string) clientCredentials = ("grant_type", "client_credentials");

    private Hosts hosts = null!;
    private WebApplication both = null!;
    private Visitor visitor = null!;
    private string oldKeys = "";
    private JsonElement oldTokens;
    private string oldMachineToken = "";
    private List<string> report = [];

    [OneTimeSetUp]
    public async Task An_app_with_OpenIddict_gets_this_server_beside_it()
    {
        hosts = new();
        await using (var old = await hosts.StartAsync(withOpenIddict: true, withOurs: false))
        {
            await OpenIddictServer.AddClientsAsync(old.Services);
            using var before = new Visitor(old);
            oldKeys = await before.GetAsync("/.well-known/jwks");
            var answer = await before.TokenAsync("connect", "machine", OpenIddictServer.Secret, clientCredentials);
            oldMachineToken = answer.Body.GetProperty("access_token").GetString()!;
        }

        both = await hosts.StartAsync(withOpenIddict: true, withOurs: true, oldKeys);
        report = await CopyAsync();
        visitor = new(both);
        oldTokens = await visitor.SignInAsync("connect", "web", Web, OpenIddictServer.Secret);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        visitor.Dispose();
        await both.DisposeAsync();
        hosts.Dispose();
    }

    [Test]
    public async Task A_confidential_client_signs_users_in_with_its_old_id_and_secret()
    {
        var tokens = await visitor.SignInAsync("oauth2", "web", Web, OpenIddictServer.Secret);

        (await visitor.ApiAsync(Text(tokens, "access_token"))).Should().Be(HttpStatusCode.OK);
        var refreshed = await visitor.TokenAsync(
            "oauth2",
            "web",
            OpenIddictServer.Secret,
            ("grant_type", "refresh_token"),
            ("refresh_token", Text(tokens, "refresh_token"))
        );
        refreshed.Status.Should().Be(HttpStatusCode.OK, refreshed.Body.ToString());
        var client = await FindAsync("web");
        client.Secrets.Should().ContainSingle().Which.Hash.Should().StartWith("$2", "the first use replaced the hash of OpenIddict");
        client.Scope!.ToString().Should().Be("read write");
    }

    [Test]
    public async Task A_public_client_signs_users_in_with_pkce()
    {
        var tokens = await visitor.SignInAsync("oauth2", "spa", Spa);

        (await visitor.ApiAsync(Text(tokens, "access_token"))).Should().Be(HttpStatusCode.OK);
        var client = await FindAsync("spa");
        (client.Type, client.ClientName, client.Scope!.ToString()).Should().Be((ClientType.Public, "The spa", "read"));
        client.Secrets.Should().BeEmpty();
    }

    [Test]
    public async Task A_service_gets_a_token_with_its_old_id_and_secret_and_with_no_other()
    {
        var wrong = await visitor.TokenAsync("oauth2", "service", OpenIddictServer.Secret + "x", clientCredentials);
        wrong.Status.Should().Be(HttpStatusCode.Unauthorized);
        (await FindAsync("service")).Secrets.Should().ContainSingle().Which.Hash.Should().StartWith("$pbkdf2$");

        for (var i = 0; i < 2; i++)
        {
            var answer = await visitor.TokenAsync("oauth2", "service", OpenIddictServer.Secret, clientCredentials);
            answer.Status.Should().Be(HttpStatusCode.OK, answer.Body.ToString());
            var token = new JsonWebToken(Text(answer.Body, "access_token"));
            (token.Issuer, token.Subject, token.Audiences.Single()).Should().Be((Hosts.Issuer, "service", Hosts.Api));
            (await FindAsync("service")).Secrets.Should().ContainSingle().Which.Hash.Should().StartWith("$2");
        }
    }

    [Test]
    public void What_has_no_counterpart_is_named_with_the_reason_and_left_out()
    {
        report.Should().HaveCount(9);
        report
            .Where(line => line.EndsWith(": copied", StringComparison.Ordinal))
            .Should()
            .BeEquivalentTo("spa: copied", "web: copied", "machine: copied", "service: copied");
        report.Should().ContainSingle(line => line.StartsWith("implicit: it uses no grant"));
        report.Should().ContainSingle(line => line.StartsWith("everything: it has no scope permission"));
        report.Should().ContainSingle(line => line.StartsWith("plain: An http redirect URI is allowed on"));
        report.Should().ContainSingle(line => line.StartsWith("foreign: ") && line.Contains("scope"));
        report.Should().ContainSingle(line => line.StartsWith("signing: it authenticates by keys"));
    }

    [Test]
    public async Task A_second_copy_leaves_what_is_here_as_it_is()
    {
        var before = (await FindAsync("spa")).ToJson();

        (await CopyAsync()).Should().HaveCount(5).And.NotContain(line => line.EndsWith("copied"));

        (await FindAsync("spa")).ToJson().Should().Be(before);
    }

    [Test]
    public async Task A_token_that_OpenIddict_signed_verifies_by_our_key_set()
    {
        foreach (var token in new[] { oldMachineToken, Text(oldTokens, "access_token") })
        {
            (await VerifyAsync(token, await KeySetAsync(both))).Should().BeNull();
            // OpenIddict writes its issuer with a slash at the end: an API that expects ours refuses it until it takes both.
            new JsonWebToken(token)
                .Issuer.Should()
                .Be(Hosts.Issuer + "/");
        }

        var ours = Text((await visitor.TokenAsync("oauth2", "machine", OpenIddictServer.Secret, clientCredentials)).Body, "access_token");
        (await VerifyAsync(ours, await KeySetAsync(both))).Should().BeNull();
        (await VerifyAsync(oldMachineToken, await KeySetAsync(both, k => k.KeyId == new JsonWebToken(ours).Kid))).Should().NotBeNull();
    }

    [Test]
    public async Task This_server_itself_and_its_own_APIs_take_no_token_of_the_old_one()
    {
        (await visitor.ApiAsync(oldMachineToken)).Should().Be(HttpStatusCode.Unauthorized);
        var refused = await visitor.TokenAsync(
            "oauth2",
            "web",
            OpenIddictServer.Secret,
            ("grant_type", "refresh_token"),
            ("refresh_token", Text(oldTokens, "refresh_token"))
        );
        (refused.Status, Text(refused.Body, "error")).Should().Be((HttpStatusCode.BadRequest, "invalid_grant"));

        var there = await visitor.TokenAsync(
            "connect",
            "web",
            OpenIddictServer.Secret,
            ("grant_type", "refresh_token"),
            ("refresh_token", Text(oldTokens, "refresh_token"))
        );
        there.Status.Should().Be(HttpStatusCode.OK, "the old server goes on in the meantime");
    }

    [Test]
    public async Task Each_server_is_discovered_at_its_own_address()
    {
        var old = JsonDocument.Parse(await visitor.GetAsync("/.well-known/openid-configuration")).RootElement;
        var ours = JsonDocument.Parse(await visitor.GetAsync("/.well-known/oauth-authorization-server")).RootElement;

        Text(old, "token_endpoint").Should().Be(Hosts.Issuer + "/connect/token");
        Text(ours, "token_endpoint").Should().Be(Hosts.Issuer + "/oauth2/token");
        Text(ours, "issuer").Should().Be(Hosts.Issuer);
    }

    [Test]
    public async Task After_OpenIddict_is_taken_out_its_clients_and_its_last_tokens_still_work()
    {
        await using var alone = await hosts.StartAsync(withOpenIddict: false, withOurs: true, oldKeys);
        using var later = new Visitor(alone);

        var answer = await later.TokenAsync("oauth2", "machine", OpenIddictServer.Secret, clientCredentials);

        answer.Status.Should().Be(HttpStatusCode.OK, answer.Body.ToString());
        (await VerifyAsync(oldMachineToken, await KeySetAsync(alone))).Should().BeNull();
        await using var done = await hosts.StartAsync(withOpenIddict: false, withOurs: true);
        (await VerifyAsync(oldMachineToken, await KeySetAsync(done))).Should().NotBeNull("its key is published no longer");
    }

    [Test]
    public async Task A_private_key_stops_the_start_and_no_part_of_it_is_written_down()
    {
        var parameters = hosts.OldKey.ExportParameters(includePrivateParameters: true);
        var d = Base64UrlEncoder.Encode(parameters.D);
        var wrong = oldKeys.Replace("\"kty\"", $"\"d\":\"{d}\",\"kty\"", StringComparison.Ordinal);

        var start = () => hosts.StartAsync(withOpenIddict: false, withOurs: true, wrong);

        var error = (await start.Should().ThrowAsync<Exception>()).Which.ToString();
        error.Should().Contain("publishedKeys").And.Contain(Kid()).And.Contain("the member d").And.NotContain(d);
        string.Join('\n', hosts.Logs.All).Should().NotContain(d).And.NotContain(OpenIddictServer.Secret);
        hosts.Logs.All.Should().Contain(line => line.Contains("publishedKeys"), "what is published is warned about at each start");

        string Kid() => JsonDocument.Parse(oldKeys).RootElement.GetProperty("keys")[0].GetProperty("kid").GetString()!;
    }

    // As the guide says to run it.
    private async Task<List<string>> CopyAsync()
    {
        await using var scope = both.Services.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<OpenIddictClients>(scope.ServiceProvider).CopyAsync(default);
    }

    private async Task<Client> FindAsync(string clientId)
    {
        await using var scope = both.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<ClientRegistrar>().FindAsync(clientId, default))!;
    }

    // What an API does that verifies by our key set and takes both issuers; null when it accepts the token.
    private static async Task<Exception?> VerifyAsync(string token, IEnumerable<SecurityKey> keys)
    {
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new()
            {
                ValidIssuers = [Hosts.Issuer, Hosts.Issuer + "/"],
                ValidAudience = Hosts.Api,
                ValidTypes = ["at+jwt"],
                IssuerSigningKeys = keys,
                TryAllIssuerSigningKeys = false,
            }
        );
        return result.IsValid ? null : result.Exception;
    }

    private static async Task<IEnumerable<SecurityKey>> KeySetAsync(WebApplication app, Func<SecurityKey, bool>? which = null)
    {
        using var api = new Visitor(app);
        return new JsonWebKeySet(await api.GetAsync("/oauth2/jwks")).GetSigningKeys().Where(which ?? (_ => true));
    }

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
