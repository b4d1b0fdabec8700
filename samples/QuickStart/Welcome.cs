using HQ.OAuth2;
using Microsoft.Extensions.Options;

namespace QuickStart;

/// <summary>What the sample says of itself: on the console when it is up, at its home page, and where demo-web's redirect leads.</summary>
internal static class Welcome
{
    public static void MapWelcome(this WebApplication app)
    {
        var issuer = app.Services.GetRequiredService<IOptions<HqOAuth2Options>>().Value.IssuerURL;
        var text = $"""

            HQ.OAuth2 QuickStart: an authorization server at {issuer}
              discovery   {issuer}/.well-known/oauth-authorization-server
              users       alice/alice, bob/bob
              client      demo-web, secret demo-web-secret, redirect URI http://localhost:5080/callback
              API         GET, POST, DELETE {issuer}/api/notes need the scopes read, write, delete
            Try next:
              curl -s {issuer}/.well-known/oauth-authorization-server
              curl -s -u demo-web:demo-web-secret -d grant_type=client_credentials -d scope=read {issuer}/oauth2/token

            """;
        app.MapGet("/", () => text);
        app.MapGet("/callback", (string? code, string? error) => code is null ? $"The answer is an error: {error}" : $"The code is {code}");
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(text));
    }
}
