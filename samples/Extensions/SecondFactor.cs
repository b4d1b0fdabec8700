using System.Security.Claims;
using System.Text.Encodings.Web;
using HQ.OAuth2;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace Extensions;

/// <summary>The kinds of sign-in here: a password (pwd), and a code of the user's app on top (mfa).</summary>
internal sealed class SignInKinds : IAuthenticationContexts
{
    public IReadOnlyList<string> Supported { get; } = ["mfa", "pwd"];

    public ValueTask<string?> FindAsync(ClaimsPrincipal user, IReadOnlyList<string> asked, CancellationToken ct)
    {
        // A session with a code is good for both kinds.
        string[] good = user.HasClaim("amr", "otp") ? ["mfa", "pwd"] : ["pwd"];
        return new(asked.FirstOrDefault(good.Contains) ?? good[0]);
    }
}

/// <summary>The page that asks a signed-in user for a code.</summary>
internal static class SecondFactor
{
    /// <summary>Sends users on to the page of the kind of sign-in that the client asks for.</summary>
    public static Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        var asked = context.Properties.GetParameter<string>("acr_values")?.Split(' ') ?? [];
        var isCode = asked.FirstOrDefault(a => a is "mfa" or "pwd") == "mfa";
        var login = context.RedirectUri;
        context.Response.Redirect(
            isCode ? QueryHelpers.AddQueryString("/second-factor", "returnUrl", context.Properties.RedirectUri ?? "/") : login
        );
        return Task.CompletedTask;
    }

    public static void MapSecondFactor(this WebApplication app)
    {
        app.MapGet(
            "/second-factor",
            (HttpContext http, IAntiforgery antiforgery, string? returnUrl) =>
            {
                // The password comes first.
                if (http.User.Identity?.IsAuthenticated != true)
                    return Results.LocalRedirect(QueryHelpers.AddQueryString("/login", "returnUrl", http.Request.GetEncodedPathAndQuery()));
                var (token, encode) = (antiforgery.GetAndStoreTokens(http), HtmlEncoder.Default);
                http.Response.Headers.XFrameOptions = "DENY";
                http.Response.Headers.CacheControl = "no-store";
                return Results.Content(
                    $"""
                    <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Code</title></head><body><h1>The code of your app</h1>
                    <form method="post"><input type="hidden" name="returnUrl" value="{encode.Encode(Pages.Back(returnUrl))}">
                    <input type="hidden" name="{encode.Encode(token.FormFieldName)}" value="{encode.Encode(token.RequestToken!)}">
                    <label>Code <input name="code" autocomplete="one-time-code" inputmode="numeric"></label>
                    <button>Continue</button></form></body></html>
                    """,
                    "text/html; charset=utf-8"
                );
            }
        );
        app.MapPost(
                "/second-factor",
                async (HttpContext http, IAntiforgery antiforgery, IConfiguration configuration) =>
                {
                    if (!await antiforgery.IsRequestValidAsync(http))
                        return Results.BadRequest();
                    var form = await http.Request.ReadFormAsync();
                    // Stands for a code of RFC 6238: count wrong ones in earnest, as Identity does.
                    if (form["code"] != configuration["codes:" + http.User.FindFirstValue(ClaimTypes.NameIdentifier)])
                        return Results.LocalRedirect(
                            QueryHelpers.AddQueryString("/second-factor", "returnUrl", Pages.Back(form["returnUrl"]))
                        );
                    var both = new ClaimsIdentity(http.User.Claims, "sample");
                    both.AddClaim(new("amr", "otp"));
                    return Results.SignIn(
                        new(both),
                        new() { RedirectUri = Pages.Back(form["returnUrl"]) },
                        CookieAuthenticationDefaults.AuthenticationScheme
                    );
                }
            )
            .RequireAuthorization();
    }
}
