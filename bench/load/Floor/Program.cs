using HQ.OAuth2.Load;
using HQ.OAuth2.Load.Floor;
using Microsoft.AspNetCore.Authentication.Cookies;

// The least that a host of ASP.NET Core can do for the same answers: the slim builder with routing and the session of its users, no checks, no
// options, only the work that nobody can leave out.
var arguments = ServerArguments.Read(args);
IRows rows = arguments.Store switch
{
    "memory" => new MemoryRows(),
    "sqlite" => await SqliteRows.OpenAsync(arguments.Connection),
    "postgres" => await PostgreSqlRows.OpenAsync(arguments.Connection),
    var other => throw new ArgumentException($"There is no store {other}."),
};
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls(arguments.Url);
builder.Logging.ClearProviders();
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
var app = builder.Build();
new Endpoints(arguments.Url, rows).MapTo(app);
app.Run();
