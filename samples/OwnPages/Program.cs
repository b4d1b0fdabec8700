using System.Security.Claims;
using HQ.OAuth2;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Localization;

// Three ways to make the pages a host's own: a theme (appsettings.json), a Razor page (Pages/Consent.cshtml), a single-page app
// (wwwroot/spa). pages:consentPath says which; docs/consent-and-pages.md explains them.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options => options.LoginPath = "/login");
builder.Services.AddRazorPages();
builder.Services.AddLocalization();
builder
    .Services.AddHqOAuth2(builder.Configuration)
    // The host's words come before the server's: Texts.resx, Texts.de.resx.
    .AddPageTexts(services => services.GetRequiredService<IStringLocalizer<OwnPages.Texts>>());

var app = builder.Build();

// The server's own answers say so already; this host's pages do too: browsers take a content type as it is.
app.Use(
    (http, next) =>
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return next(http);
    }
);
app.UseRequestLocalization("en", "de");
app.UseStaticFiles();
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();
app.MapRazorPages();

// What the single-page app shows, for the page's own origin only.
app.MapGet(
    "/api/consent",
    async (HttpContext http, string? returnUrl, ConsentRequests requests) =>
        await requests.FindAsync(http, returnUrl) is { User: not null } asked
            ? Results.Json(
                new
                {
                    asked.Consent,
                    Account = asked.User.Identity!.Name,
                    asked.ReturnPath,
                    asked.FormFields,
                    asked.CanSwitchAccount,
                }
            )
            : Results.BadRequest()
);

// Stands for whatever sign-in a host has: everybody is alice. It leads back to the server, and nowhere else.
app.MapGet(
    "/login",
    (string? returnUrl) =>
        Results.SignIn(
            new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice"), new(ClaimTypes.Name, "Alice")], "sample")),
            new AuthenticationProperties
            {
                RedirectUri = returnUrl?.StartsWith("/oauth2/", StringComparison.Ordinal) == true ? returnUrl : "/",
            },
            CookieAuthenticationDefaults.AuthenticationScheme
        )
);
app.MapGet("/", () => "Start at http://localhost:5082/oauth2/authorize, as README.md says.");
app.MapGet("/callback", (string? code, string? error) => code is null ? $"The answer is an error: {error}" : "The answer is a code.");
app.Run();
