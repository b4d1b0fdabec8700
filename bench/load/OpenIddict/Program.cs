using System.Security.Claims;
using HQ.OAuth2.Load;
using HQ.OAuth2.Load.Peer;
using Microsoft.AspNetCore.Authentication.Cookies;

// OpenIddict as its documentation sets it up, with the same clients, lifetimes and signing algorithm as ours.
var arguments = ServerArguments.Read(args);
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls(arguments.Url);
builder.Logging.ClearProviders();
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
var openIddict = builder.Services.AddOpenIddict().AddServer(server => server.Fill(arguments.Url));
if (arguments.Store == "nothing")
    openIddict.AddServer(server => server.StoreNothing());
else if (arguments.Store == "memory")
    openIddict.AddCore(core => core.UseDictionaries());
else
    openIddict.AddCore(core => core.UseDatabase(arguments));

var app = builder.Build();
app.UseAuthentication();
app.MapGet(
    "/load/sign-in",
    (string user) => Results.SignIn(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user)], "load")))
);
app.MapGet("/load/{question}", (string question) => Cost.Answer(question));
if (arguments.Store != "nothing")
    await Clients.AddAsync(app.Services);
app.Run();
