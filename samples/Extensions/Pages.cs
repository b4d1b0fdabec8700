using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Extensions;

/// <summary>The host's own pages: the terms, and what stands for its sign-in. Both lead back to the server, and nowhere else.</summary>
internal static class Pages
{
    public static void MapPages(this WebApplication app)
    {
        app.MapGet(
                "/terms",
                (HttpContext http, IAntiforgery antiforgery, string? returnUrl) =>
                {
                    var (token, encode) = (antiforgery.GetAndStoreTokens(http), HtmlEncoder.Default);
                    http.Response.Headers.XFrameOptions = "DENY";
                    http.Response.Headers.CacheControl = "no-store";
                    return Results.Content(
                        $"""
                        <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Terms</title></head><body><h1>Our terms</h1>
                        <form method="post"><input type="hidden" name="returnUrl" value="{encode.Encode(Back(returnUrl))}">
                        <input type="hidden" name="{encode.Encode(token.FormFieldName)}" value="{encode.Encode(token.RequestToken!)}">
                        <button>Accept</button></form></body></html>
                        """,
                        "text/html; charset=utf-8"
                    );
                }
            )
            .RequireAuthorization();
        app.MapPost(
                "/terms",
                async (HttpContext http, IAntiforgery antiforgery, Terms terms) =>
                {
                    if (!await antiforgery.IsRequestValidAsync(http))
                        return Results.BadRequest();
                    terms.Accept(http.User);
                    return Results.LocalRedirect(Back((await http.Request.ReadFormAsync())["returnUrl"]));
                }
            )
            .RequireAuthorization();

        // Everybody is alice.
        app.MapGet(
            "/login",
            (string? returnUrl) =>
                Results.SignIn(
                    new ClaimsPrincipal(
                        new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice"), new(ClaimTypes.Name, "Alice")], "sample")
                    ),
                    new AuthenticationProperties { RedirectUri = Back(returnUrl) },
                    CookieAuthenticationDefaults.AuthenticationScheme
                )
        );
    }

    public static string Back(string? returnUrl) =>
        returnUrl?.StartsWith("/oauth2/", StringComparison.Ordinal) == true
        || returnUrl?.StartsWith("/second-factor?", StringComparison.Ordinal) == true
            ? returnUrl
            : "/";
}
