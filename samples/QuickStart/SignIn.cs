using System.Security.Claims;
using System.Text.Encodings.Web;
using HQ.OAuth2;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace QuickStart;

/// <summary>The sample's own sign-in: a form, a cookie, and two users whose passwords are their names.</summary>
internal static class SignIn
{
    private static readonly string[] users = ["alice", "bob"];

    public static void MapSignIn(this WebApplication app)
    {
        app.MapGet(
            "/login",
            (HttpContext http, IAntiforgery antiforgery, string? returnUrl) => Form(http, antiforgery, returnUrl, triedName: null)
        );
        app.MapPost("/login", (RequestDelegate)PostAsync);
        app.MapPost("/logout", (HttpContext http) => http.SignOutAsync());
    }

    private static async Task PostAsync(HttpContext http)
    {
        var antiforgery = http.RequestServices.GetRequiredService<IAntiforgery>();
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var form = await http.Request.ReadFormAsync();
        var (name, returnUrl) = (form["username"].ToString(), form["returnUrl"].ToString());
        if (!users.Contains(name) || form["password"] != name)
        {
            await Form(http, antiforgery, returnUrl, name).ExecuteAsync(http);
            return;
        }

        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, name), new(ClaimTypes.Name, name)], "password");
        if (name == "alice")
            identity.AddClaim(new(ClaimTypes.Role, "admin"));
        await http.SignInAsync(new ClaimsPrincipal(identity));
        // Only a path of this host: anything else would make the form a way to send people elsewhere.
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = IsLocal(returnUrl) ? returnUrl : "/";
    }

    // A browser drops tabs and line ends before it looks: "/<tab>/evil.example" is another host to it.
    private static bool IsLocal(string url) =>
        url.StartsWith('/')
        && !url.StartsWith("//", StringComparison.Ordinal)
        && !url.StartsWith("/\\", StringComparison.Ordinal)
        && !url.Any(char.IsControl);

    private static ContentHttpResult Form(HttpContext http, IAntiforgery antiforgery, string? returnUrl, string? triedName)
    {
        var tokens = antiforgery.GetAndStoreTokens(http);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XFrameOptions = "DENY";
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        var encode = HtmlEncoder.Default;
        var options = http.RequestServices.GetRequiredService<IOptions<HqOAuth2Options>>().Value;
        var service = encode.Encode(options.Pages.ServiceName ?? http.Request.Host.Value!);
        // After a wrong password the name stays, and the password is typed again.
        var (failed, name) = (triedName is not null, encode.Encode(triedName ?? ""));
        return TypedResults.Text(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in - {service}</title>
            <link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/site.css"></head>
            <body><header class="brand"><img src="/favicon.svg" alt="" width="32" height="32"><span>{service}</span></header>
            <main class="sign-in"><h1>Sign in to {service}</h1>{(
                failed ? "<p class=\"wrong\" role=\"alert\" id=\"wrong\">The name or the password is wrong. Try again.</p>" : ""
            )}
            <form method="post" action="/login">
            <label for="username">Name</label><input type="text" id="username" name="username" value="{name}" autocomplete="username" required{(failed ? "" : " autofocus")}>
            <label for="password">Password</label><input type="password" id="password" name="password" autocomplete="current-password" required{(failed ? " autofocus aria-describedby=\"wrong\"" : "")}>
            <input type="hidden" name="returnUrl" value="{encode.Encode(returnUrl ?? "/")}">
            <input type="hidden" name="{encode.Encode(tokens.FormFieldName)}" value="{encode.Encode(tokens.RequestToken!)}">
            <button>Sign in</button></form><p class="hint">This is a sample: alice has the password alice, bob has bob.</p></main></body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: failed ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK
        );
    }
}
