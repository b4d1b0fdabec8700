using Microsoft.AspNetCore.Authentication.Cookies;
using QuickStart;

var builder = WebApplication.CreateBuilder(
    new WebApplicationOptions
    {
        Args = args,
        ContentRootPath = AppContext.BaseDirectory,
        EnvironmentName = ToldEnvironment(args) ?? Environments.Development,
    }
);

// The issuer is where this host listens, unless the configuration names another.
var issuer = builder.Configuration.FollowUrls();
builder.Configuration["auth:oauth2:authorizationServer:clients:0:redirectUris:1"] = issuer + Welcome.Callback;

// A command of its own: what would break the clients of a server that runs.
if (args is ["doctor", ..])
    return await Doctor.RunAsync(args.ElementAtOrDefault(1) ?? issuer);

// The host's own: how its users sign in, and an API of its own that takes the server's tokens.
builder
    .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options => options.LoginPath = "/login")
    .AddHqOAuth2Bearer();
builder.Services.AddAuthorization(options => options.AddPolicy("admin", policy => policy.RequireRole("admin")));

// The first of the two calls.
builder.Services.AddHqOAuth2(builder.Configuration).AddStorage(builder.Configuration);

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
app.UseAuthentication();
app.UseAuthorization();

// The second, and clients registered by hand, for whom the host says.
app.MapHqOAuth2();
app.MapHqOAuth2Management().RequireAuthorization("admin");

app.MapSignIn();
app.MapNotes();
app.MapWelcome();
app.Run();
return 0;

// Development, unless a command line or the environment says otherwise.
static string? ToldEnvironment(string[] args) =>
    new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build()[
        "environment"
    ];
