using System.Security.Claims;
using CustomClientStore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(
    new WebApplicationOptions
    {
        Args = args,
        ContentRootPath = AppContext.BaseDirectory,
        EnvironmentName = Environments.Development,
    }
);

// The host as it was: users, a database, an API.
builder
    .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options => options.LoginPath = "/login")
    .AddHqOAuth2Bearer();
builder.Services.AddAuthorization();
builder.Services.AddDbContext<AppDb>(options =>
    options.UseSqlite(
        builder.Configuration.GetConnectionString("apps") ?? $"Data Source={Path.Combine(AppContext.BaseDirectory, "apps.db")}"
    )
);

// The authorization server: its rows in the host's database, its clients from the host's table.
builder.Services.AddHqOAuth2(builder.Configuration).AddEntityFrameworkStores<AppDb>().AddClientStore<AppTableClientStore>();

var app = builder.Build();

// A host with data to keep uses migrations instead.
using (var scope = app.Services.CreateScope())
    scope.ServiceProvider.GetRequiredService<AppDb>().Database.EnsureCreated();

// The server's own answers say so already; this host's pages do too: browsers take a content type as it is.
app.Use(
    (http, next) =>
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return next(http);
    }
);
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();
app.MapAppAdministration();
app.MapGet("/api/time", (TimeProvider time) => time.GetUtcNow()).RequireScope("read");

// Stands for whatever sign-in a host has: everybody is alice. It leads back to the server, and nowhere else.
app.MapGet(
    "/login",
    (string? returnUrl) =>
        Results.SignIn(
            new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice")], "sample")),
            new AuthenticationProperties
            {
                RedirectUri = returnUrl?.StartsWith("/oauth2/", StringComparison.Ordinal) == true ? returnUrl : "/",
            },
            CookieAuthenticationDefaults.AuthenticationScheme
        )
);
app.Run();
