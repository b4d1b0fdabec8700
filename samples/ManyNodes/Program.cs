using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using ManyNodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.HttpOverrides;

// One of many equal nodes behind a proxy that ends TLS. docs/many-nodes.md explains it; deploy/kubernetes.yaml and nginx.conf run it.
var builder = WebApplication.CreateBuilder(args);

// A command of its own: the HEALTHCHECK of the image.
if (args is ["healthcheck"])
    return await HealthCommand.RunAsync(builder.Configuration);

builder
    .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options => options.LoginPath = "/login")
    .AddHqOAuth2Bearer();
builder.Services.AddAuthorization();

// Shared by all nodes: the database, and in it the Data Protection keys, which are protected by a certificate that every node has.
builder
    .Services.AddHqOAuth2(builder.Configuration)
    .UsePostgreSql(builder.Configuration.GetConnectionString("hq")!)
    .PersistDataProtectionKeys("many nodes");
if (builder.Configuration["dataProtection:certificate"] is { } file)
{
    builder
        .Services.AddDataProtection()
        .ProtectKeysWithCertificate(X509CertificateLoader.LoadPkcs12FromFile(file, builder.Configuration["dataProtection:password"]));
}

// Only these networks may say who the caller is and that it came by https.
builder.Services.Configure<ForwardedHeadersOptions>(options =>
{
    options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
    foreach (var network in builder.Configuration.GetSection("proxies").Get<string[]>() ?? [])
        options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
});

// Requests that have begun are finished, for so long at most.
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
builder.Services.AddHealthChecks().AddHqOAuth2(tags: ["ready"]);

var app = builder.Build();
app.UseForwardedHeaders();
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();
app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false });
app.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
app.MapGet("/api/notes", () => "...").RequireScope("read");

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
return 0;
