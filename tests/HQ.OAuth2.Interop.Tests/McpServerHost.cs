using System.Net.Http.Json;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.Interop.Tests;

/// <summary>samples/McpServer as it is, on a free port, with a clock that a test moves and a web of metadata documents of its own.</summary>
internal sealed class McpServerHost : WebApplicationFactory<Program>
{
    private readonly TestDatabase database = TestDatabase.Sqlite();
    private readonly (string Key, string Value)[] settings;

    public McpServerHost(params (string Key, string Value)[] settings)
    {
        this.settings = settings;
        Issuer = $"http://localhost:{FreePort.Next()}";
        UseKestrel(new Uri(Issuer).Port);
        StartServer();
    }

    public string Issuer { get; }

    public string Mcp => Issuer + "/mcp";

    public TestClock Clock { get; } = new();

    public PublishedDocuments Documents { get; } = new();

    /// <summary>Registers a public client; its id.</summary>
    public async Task<string> RegisterAsync(string redirectUri)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Issuer) };
        using var registered = await http.PostAsJsonAsync(
            "/oauth2/register",
            new
            {
                client_name = "Some app",
                redirect_uris = new[] { redirectUri },
                token_endpoint_auth_method = "none",
            }
        );
        return (await registered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("client_id").GetString()!;
    }

    /// <summary>An access token that alice let a client of its own have.</summary>
    public async Task<string> TokenAsync(string scope, string resource) => (await LogInAsync(scope, resource)).Token;

    /// <summary>The same, with the client; the token is bound to the key if there is one.</summary>
    public async Task<(string Token, string ClientId)> LogInAsync(string scope, string resource, ProofKey? key = null)
    {
        const string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        const string challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        using var http = new HttpClient { BaseAddress = new Uri(Issuer) };
        var clientId = await RegisterAsync(Person.Callback);
        using var alice = new Person("alice");
        var query =
            $"response_type=code&client_id={clientId}&redirect_uri={Uri.EscapeDataString(Person.Callback)}&scope={Uri.EscapeDataString(scope)}"
            + $"&resource={Uri.EscapeDataString(resource)}&code_challenge={challenge}&code_challenge_method=S256";
        var answer = await alice.AuthorizeAsync(new Uri($"{Issuer}/oauth2/authorize?{query}"), default);
        if (key is not null)
            http.DefaultRequestHeaders.Add("DPoP", key.Proof("POST", Issuer + "/oauth2/token", Clock.Now));
        using var tokens = await http.PostAsync(
            "/oauth2/token",
            new FormUrlEncodedContent([
                new("grant_type", "authorization_code"),
                new("client_id", clientId),
                new("redirect_uri", Person.Callback),
                new("code", System.Web.HttpUtility.ParseQueryString(answer.Query)["code"]),
                new("code_verifier", verifier),
            ])
        );
        return ((await tokens.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!, clientId);
    }

    /// <summary>Takes a token back, as its client does.</summary>
    public async Task RevokeAsync(string token, string clientId)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Issuer) };
        using var answer = await http.PostAsync(
            "/oauth2/revoke",
            new FormUrlEncodedContent([new("token", token), new("client_id", clientId)])
        );
        answer.EnsureSuccessStatusCode();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await database.DisposeAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("urls", Issuer);
        builder.UseSetting("store", database.ConnectionString);
        foreach (var (key, value) in settings.Prepend(("defaultResource", Mcp)).Prepend(("issuerURL", Issuer)))
            builder.UseSetting("auth:oauth2:authorizationServer:" + key, value);
        builder.ConfigureServices(services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddSingleton(new DocumentFetcher(Documents, TimeProvider.System));
        });
    }
}
