using System.Text.RegularExpressions;
using HQ.OAuth2;
using Microsoft.Extensions.Options;

namespace QuickStart;

/// <summary>What the sample says of itself: on the console when it is up, by the flow explorer at its home page, and where demo-web's redirect leads.</summary>
internal static partial class Welcome
{
    // The explorer is a client that runs in the browser: its own script, and requests to this server.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

    /// <summary>Where demo-web's redirect leads.</summary>
    public const string Callback = "/callback";

    public static void MapWelcome(this WebApplication app)
    {
        var issuer = app.Services.GetRequiredService<IOptions<HqOAuth2Options>>().Value.IssuerURL;
        var text = $"""

            HQ.OAuth2 QuickStart: an authorization server at {issuer}
              explorer    {issuer}/ walks through the whole flow in your browser
              discovery   {issuer}/.well-known/oauth-authorization-server
              users       alice/alice, bob/bob; alice manages
              client      demo-web, secret demo-web-secret, redirect URI {issuer}{Callback}
              API         GET, POST, DELETE {issuer}/api/notes need the scopes read, write, delete
            Try next:
              curl -s {issuer}/.well-known/oauth-authorization-server
              curl -s -u demo-web:demo-web-secret -d grant_type=client_credentials -d scope=read {issuer}/oauth2/token

            """;
        app.UseDefaultFiles();
        app.UseStaticFiles(
            new StaticFileOptions
            {
                OnPrepareResponse = file =>
                {
                    file.Context.Response.Headers.ContentSecurityPolicy = Policy;
                    file.Context.Response.Headers.CacheControl = "no-cache";
                },
            }
        );
        app.MapGet(Callback, (string? code, string? error) => NextStep(issuer, code, error));
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(text));
    }

    // The line is to be pasted into a shell, so a code that is not one of ours is not shown.
    private static string NextStep(string? issuer, string? code, string? error) =>
        code is null ? $"The answer is an error: {error}"
        : !IssuedCode().IsMatch(code) ? "This is no code of this server."
        : $"""
            The code is {code}

            It is good for one minute, and once. The next step, with the code_verifier of your code_challenge:

            curl -s -u demo-web:demo-web-secret {issuer}/oauth2/token -d grant_type=authorization_code \
              -d redirect_uri={issuer}{Callback} -d code={code} -d code_verifier="$verifier"
            """;

    [GeneratedRegex("^[A-Za-z0-9._-]{1,200}\\z")]
    private static partial Regex IssuedCode();
}
