using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace QuickStart;

/// <summary>The sample's own sign-in: a form, a cookie, and two users whose passwords are their names.</summary>
internal static class SignIn
{
    private static readonly string[] users = ["alice", "bob"];

    public static void MapSignIn(this WebApplication app)
    {
        app.MapGet(
            "/login",
            (HttpContext http, IAntiforgery antiforgery, string? returnUrl) => Form(http, antiforgery, returnUrl, failed: false)
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
            await Form(http, antiforgery, returnUrl, failed: true).ExecuteAsync(http);
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

    private static ContentHttpResult Form(HttpContext http, IAntiforgery antiforgery, string? returnUrl, bool failed)
    {
        var tokens = antiforgery.GetAndStoreTokens(http);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XFrameOptions = "DENY";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        var encode = HtmlEncoder.Default;
        return TypedResults.Text(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in</title>
            <link rel="stylesheet" href="/site.css"></head>
            <body><main class="sign-in"><h1>Sign in</h1><p>Try alice with the password alice, or bob with bob.</p>{(
                failed ? "<p class=\"wrong\" role=\"alert\"><strong>That name and password do not fit.</strong></p>" : ""
            )}
            <form method="post" action="/login">
            <label for="username">Name</label><input type="text" id="username" name="username" autocomplete="username" required autofocus>
            <label for="password">Password</label><input type="password" id="password" name="password" autocomplete="current-password" required>
            <input type="hidden" name="returnUrl" value="{encode.Encode(returnUrl ?? "/")}">
            <input type="hidden" name="{encode.Encode(tokens.FormFieldName)}" value="{encode.Encode(tokens.RequestToken!)}">
            <button>Sign in</button></form></main></body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: failed ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK
        );
    }
}
