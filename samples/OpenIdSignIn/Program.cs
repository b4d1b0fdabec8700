using OpenIdSignIn;
using OpenIdSignIn.Demo;

var builder = WebApplication.CreateBuilder(args);

// Without a provider of yours the sample brings one along, so that it can be tried.
if (builder.Configuration["openid:authority"] is null)
{
    if (!builder.Environment.IsDevelopment())
        throw new InvalidOperationException(
            "openid:authority is not set: set it to the issuer of your OpenID provider, and openid:clientId and openid:clientSecret."
        );
    builder.Configuration.AddInMemoryCollection(await DemoProvider.StartAsync("http://localhost:5089", "http://localhost:5084"));
}

builder.Services.AddProviderSignIn(builder.Configuration);
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
app.MapProviderSignIn();
app.MapDemoClient();
app.Run();
