using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options => options.LoginPath = "/login")   // your own sign-in, whatever it is
    .AddHqOAuth2Bearer();                                 // only if an API in this app takes the tokens
builder.Services.AddAuthorization(options => options.AddPolicy("admin", policy => policy.RequireRole("admin")));
builder.Services.AddHqOAuth2(builder.Configuration)       // reads auth:oauth2:authorizationServer
    .UseSqlite("Data Source=hq.db")                       // or UsePostgreSql, or your own DbContext: docs/storage.md
    .PersistDataProtectionKeys("my app");                 // so that a new container, or another node, can read the keys

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();                                        // the endpoints, the consent page, the list of connected apps
app.MapHqOAuth2Management().RequireAuthorization("admin"); // if you register clients by hand: a policy of yours
app.MapGet("/api/notes", () => "...").RequireScope("read");

// In place of your sign-in page: everybody is alice. It leads back to the server and nowhere else.
app.MapGet("/login", (string? returnUrl) => Results.SignIn(
    new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice"), new(ClaimTypes.Role, "admin")], "demo")),
    new AuthenticationProperties { RedirectUri = returnUrl?.StartsWith("/oauth2/", StringComparison.Ordinal) == true ? returnUrl : "/" },
    CookieAuthenticationDefaults.AuthenticationScheme));
app.Run();
