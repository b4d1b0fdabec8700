using Microsoft.AspNetCore.Antiforgery;
using ProxySignIn;
using ProxySignIn.Demo;

var builder = WebApplication.CreateBuilder(args);

// The demo has a proxy of its own in front of this host, in the same process, so that it can be tried.
if (builder.Environment.IsDevelopment() && builder.Configuration["proxy:demo"] is { } demo)
    await DemoProxy.StartAsync(demo, "http://127.0.0.1:5085", builder.Configuration["proxy:secret"]!);

builder
    .Services.AddAuthentication("Proxy")
    .AddScheme<ProxySignInOptions, ProxyAuthenticationHandler>("Proxy", options => builder.Configuration.Bind("proxy", options));
builder.Services.AddOptions<ProxySignInOptions>("Proxy").ValidateOnStart();
builder.Services.AddAuthorization();
builder.Services.AddHqOAuth2(builder.Configuration);

var app = builder.Build();
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
app.MapPost(
    "/logout",
    async (HttpContext http, IAntiforgery antiforgery) =>
        await antiforgery.IsRequestValidAsync(http) ? Results.SignOut(new() { RedirectUri = "/" }) : Results.BadRequest()
);
app.MapDemoClient();
app.Run();
