using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A server that reads keys and documents from a web of the test's own, and clients that sign.</summary>
internal abstract class SigningApp
{
    protected const string KeysAt = "https://app.example.com/keys";

    protected static readonly ProofKey key = ProofKey.New("ES256", "k1");
    protected static readonly ProofKey next = ProofKey.New("RS256", "k2");

    protected PublishedDocuments web = null!;
    protected TestApp app = null!;

    [SetUp]
    public async Task StartAsync()
    {
        web = new();
        app = await StartAsync(_ => { });
    }

    [TearDown]
    public Task StopAsync() => app.DisposeAsync().AsTask();

    protected Task<Answer> RegisterAsync(string more) =>
        app.PostJsonAsync(
            "/oauth2/register",
            $$"""{"redirect_uris":["{{TestApp.RedirectUri}}"],"token_endpoint_auth_method":"private_key_jwt"{{more}}}"""
        );

    protected async Task<Answer> RedeemAsync(string clientId, params (string Name, string Value)[] credentials) =>
        await RedeemAsync(clientId, await app.CodeAsync(clientId), credentials);

    protected Task<Answer> RedeemAsync(string clientId, string code, (string Name, string Value)[] credentials) =>
        app.PostAsync(
            Token,
            [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", TestApp.RedirectUri),
                ("code_verifier", TestApp.Verifier),
                .. credentials,
            ]
        );

    protected Task<TestApp> StartAsync(
        Action<HqOAuth2Options> configure,
        Action<HqOAuth2Builder>? parts = null,
        Action<IServiceCollection>? host = null
    ) =>
        TestApp.StartAsync(
            o =>
            {
                o.ClientIdMetadataDocuments = true;
                configure(o);
            },
            parts,
            host: builder =>
            {
                builder.Services.AddSingleton(s => new DocumentFetcher(web, s.GetRequiredService<TimeProvider>()));
                host?.Invoke(builder.Services);
            }
        );
}
