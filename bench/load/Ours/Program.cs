using System.Security.Claims;
using HQ.OAuth2.Load;
using HQ.OAuth2.Load.Ours;
using Microsoft.AspNetCore.Authentication.Cookies;

// The server of this repository, as a host would add it, with the limits off.
var arguments = ServerArguments.Read(args);
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls(arguments.Url);
builder.Logging.ClearProviders();
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
var server = builder.Services.AddHqOAuth2(options => options.Fill(arguments.Url));
_ = arguments.Store switch
{
    "memory" => server,
    "sqlite" => server.UseSqlite(arguments.Connection),
    "postgres" => server.UsePostgreSql(arguments.Connection),
    var other => throw new ArgumentException($"There is no store {other}."),
};

var app = builder.Build();
app.MapHqOAuth2();
app.MapGet(
    "/load/sign-in",
    (string user) => Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user)], "load")))
);
app.MapGet("/load/{question}", (string question) => Cost.Answer(question));
app.Run();
