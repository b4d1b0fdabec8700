using System.Net;
using System.Security.Claims;
using HQ.OAuth2;
using HQ.OAuth2.Soak;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;

// A host with everything on, which tells what it holds. It is a process of its own for each store, apart from the load, so that its heap and
// its handles are the server's alone; and it is not QuickStart, because the caches can be read from inside only.
var builder = WebApplication.CreateBuilder(
    new WebApplicationOptions
    {
        Args = args,
        ContentRootPath = AppContext.BaseDirectory,
        EnvironmentName = Environments.Development,
    }
);

// Nothing watches files: a watch is a handle.
builder.Configuration.Sources.Clear();
builder.Configuration.AddCommandLine(args);
var errors = new LoggedErrors();
builder.Logging.ClearProviders().AddProvider(errors).SetMinimumLevel(LogLevel.Error);
var issuer = builder.Configuration["auth:oauth2:authorizationServer:issuerURL"]!;

builder
    .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie()
    .AddHqOAuth2Bearer()
    .AddHqOAuth2Introspection(
        "Remote",
        o =>
        {
            (o.Issuer, o.ClientId, o.ClientSecret) = (issuer, SoakClients.Machine, SoakClients.Secret);
            o.Resources.Add(issuer);
            o.CacheFor = TimeSpan.FromSeconds(5);
        }
    );
builder.Services.AddAuthorization(o => o.AddPolicy("remote", p => p.AddAuthenticationSchemes("Remote").RequireAuthenticatedUser()));
builder.Services.Configure<ForwardedHeadersOptions>(o =>
{
    o.ForwardedHeaders = ForwardedHeaders.XForwardedFor;
    o.KnownProxies.Clear();
    o.KnownProxies.Add(IPAddress.Loopback);
});
var server = builder.Services.AddHqOAuth2(builder.Configuration);
builder.Services.Configure<HqOAuth2Options>(o => SoakClients.Add(o, builder.Configuration["soak:jwks"]));
var connection = builder.Configuration["store:connectionString"] ?? "";
switch (builder.Configuration["store:provider"])
{
    case "sqlite":
        server.UseSqlite(connection).PersistDataProtectionKeys("soak");
        break;
    case "postgres":
        server.UsePostgreSql(connection).PersistDataProtectionKeys("soak");
        break;
    default:
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        break;
}

builder.Services.LetRowsEndSoon();
var seen = builder.Services.ToList();

var app = builder.Build();
var traffic = new Traffic(builder.Configuration["soak:leak"]);
app.Use(traffic.CountAsync);
app.UseForwardedHeaders();
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();
app.MapGet("/api/notes", () => "notes").RequireScope("read");
app.MapGet("/api/remote", () => "notes").RequireAuthorization("remote");
app.MapGet(
    "/soak/sign-in",
    (string user) =>
        Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user), new(ClaimTypes.Name, user)], "soak")))
);
app.MapGet("/soak/measure", () => Results.Json(Measurement.Take(app.Services, seen, errors, traffic)));
app.Run();
