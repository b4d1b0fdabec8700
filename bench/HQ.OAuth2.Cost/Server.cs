using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace HQ.OAuth2.Cost;

/// <summary>The server in memory, with an app of each kind, and what it has spent so far at <c>/cost</c>.</summary>
internal static class Server
{
    public const string Issuer = "http://127.0.0.1:5999";

    /// <summary>Where the key set of the client that signs is.</summary>
    public const string KeysVariable = "COST_KEYS";

    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddHqOAuth2Bearer();
        builder.Services.AddAuthorization();
        builder.Services.AddHqOAuth2(options =>
        {
            options.Enabled = true;
            options.IssuerURL = Issuer;
            options.Doctor = false;
            // A chain is refreshed here at once, again and again. With a leeway its list of spent turns would be full, and a refresh no rotation.
            options.RefreshTokenLeeway = TimeSpan.Zero;
            options.Scopes.Add(new() { Name = "read" });
            options.Limits.FailedAuthenticationsPerMinute = 0;
            options.Limits.PushedRequestsPerMinute = 0;
            options.Clients.Add(Client("app", "https://app.example.com/cb"));
            // The answer goes to a program, so its consent is never remembered.
            options.Clients.Add(Client("native", "http://127.0.0.1/cb"));

            var signer = Client("signer", "https://app.example.com/cb");
            signer.Jwks = Environment.GetEnvironmentVariable(KeysVariable);
            options.Clients.Add(signer);

            var api = new ClientOptions { ClientId = "api", SecretHash = BCrypt.Net.BCrypt.HashPassword("secret of the api", 4) };
            api.GrantTypes.Add(OAuthGrantTypes.ClientCredentials);
            api.Introspects.Add("*");
            options.Clients.Add(api);
        });
        var app = builder.Build();
        app.MapHqOAuth2();
        app.MapGet("/api", () => "").RequireScope("read");
        app.MapGet("/cost", () => $"{GC.GetTotalAllocatedBytes(precise: true)} {Environment.CpuUsage.TotalTime.Ticks}");
        app.MapGet(
            "/sign-in",
            (string user) => Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user)], "bench")))
        );
        await app.StartAsync();
        Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await app.WaitForShutdownAsync();
    }

    private static ClientOptions Client(string id, string redirectUri)
    {
        var client = new ClientOptions { ClientId = id };
        client.RedirectUris.Add(redirectUri);
        return client;
    }
}
