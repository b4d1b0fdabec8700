using System.Net;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace Migration.Tests;

/// <summary>An API elsewhere, set up as docs/coming-from-openiddict.md says, takes the tokens of both servers.</summary>
internal sealed class ApiTests
{
    private static readonly (string, string) clientCredentials = ("grant_type", "client_credentials");

    [Test]
    public async Task An_API_accepts_old_tokens_while_their_key_is_published_and_ours_all_the_time()
    {
        using var hosts = new Hosts();
        string oldKeys,
            oldToken;
        await using (var old = await hosts.StartAsync(withOpenIddict: true, withOurs: false))
        {
            await OpenIddictServer.AddClientsAsync(old.Services);
            using var before = new Visitor(old);
            oldKeys = await before.GetAsync("/.well-known/jwks");
            oldToken = await TokenAsync(before, "connect");
        }

        await using var both = await hosts.StartAsync(withOpenIddict: true, withOurs: true, oldKeys);
        await using (var scope = both.Services.CreateAsyncScope())
            await ActivatorUtilities.CreateInstance<OpenIddictClients>(scope.ServiceProvider).CopyAsync(default);
        using var visitor = new Visitor(both);
        var ours = await TokenAsync(visitor, "oauth2");

        (await CallAsync(both, oldToken)).Should().Be(HttpStatusCode.OK);
        (await CallAsync(both, await TokenAsync(visitor, "connect"))).Should().Be(HttpStatusCode.OK);
        (await CallAsync(both, ours)).Should().Be(HttpStatusCode.OK);

        await using var alone = await hosts.StartAsync(withOpenIddict: false, withOurs: true);
        (await CallAsync(alone, oldToken)).Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(alone, ours)).Should().Be(HttpStatusCode.OK);
    }

    private static async Task<string> TokenAsync(Visitor visitor, string server) =>
        (await visitor.TokenAsync(server, "machine", OpenIddictServer.Secret, clientCredentials))
            .Body.GetProperty("access_token")
            .GetString()!;

    // A fresh API, which reads metadata and keys anew.
    private static async Task<HttpStatusCode> CallAsync(WebApplication server, string token)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder
            .Services.AddAuthentication("Bearer")
            .AddJwtBearer(o =>
            {
                o.MetadataAddress = Hosts.Issuer + "/.well-known/oauth-authorization-server";
                o.Audience = Hosts.Api;
                o.TokenValidationParameters.ValidTypes = ["at+jwt"];
                o.TokenValidationParameters.ValidIssuers = [Hosts.Issuer, Hosts.Issuer + "/"];
                o.MapInboundClaims = false;
                o.BackchannelHttpHandler = server.GetTestServer().CreateHandler();
            });
        builder.Services.AddAuthorization();
        await using var api = builder.Build();
        api.MapGet("/notes", () => "...").RequireScope(JwtBearerDefaults.AuthenticationScheme, HQ.OAuth2.ScopeSet.Of("read"));
        await api.StartAsync();
        using var http = api.GetTestServer().CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return (await http.GetAsync("/notes")).StatusCode;
    }
}
