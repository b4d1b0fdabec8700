using Extensions;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;

// Every part of the server that a host can replace or add, once each. docs/extending.md explains them.
var builder = WebApplication.CreateBuilder(args);
var data = Directory.CreateDirectory(builder.Configuration["data"] ?? Path.Combine(AppContext.BaseDirectory, "data"));

builder
    .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options =>
    {
        options.LoginPath = "/login";
        options.Events.OnRedirectToLogin = SecondFactor.RedirectToLogin;
    })
    .AddHqOAuth2Bearer();
builder.Services.AddAuthorization();
builder.Services.AddAntiforgery();
builder.Services.AddDataProtection().SetApplicationName("Extensions").PersistKeysToFileSystem(data.CreateSubdirectory("ring"));

builder.Services.AddSingleton(new Database($"Data Source={Path.Combine(data.FullName, "extensions.db")};Default Timeout=30"));
builder.Services.AddSingleton(data.CreateSubdirectory("keys"));
builder.Services.AddSingleton<StaffDirectory>().AddSingleton<ApiKeys>().AddSingleton<Terms>();
builder.Services.AddForwardedCertificates();

builder
    .Services.AddHqOAuth2(builder.Configuration)
    .AddClientStore<ClientTable>(ServiceLifetime.Singleton)
    .AddAuthorizationStore<AuthorizationTable>(ServiceLifetime.Singleton)
    .AddTicketStore<TicketTable>(ServiceLifetime.Singleton)
    .AddKeyStore<KeyFiles>()
    .AddTokenClaims<DirectoryClaims>()
    .AddGrantType<ApiKeyGrant>()
    .AddClientAuthentication<CertificateAuthentication>()
    .AddEvents<AuditTrail>()
    .AddAuthorizationUi<TermsFirst>()
    .AddAuthenticationContexts<SignInKinds>(ServiceLifetime.Singleton)
    .AddClient(client =>
    {
        client.ClientId = "scripts";
        client.ClientName = "Scripts of our users";
        client.GrantTypes.Add(ApiKeyGrant.Name);
    });

var app = builder.Build();
await app.Services.GetRequiredService<Database>().CreateAsync(CancellationToken.None);

app.Use(
    (http, next) =>
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return next(http);
    }
);
app.UseForwardedCertificates(builder.Configuration.GetSection("proxies").Get<string[]>() ?? []);
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();
app.MapPages();
app.MapSecondFactor();
app.MapGet("/api/notes", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
app.MapDelete("/api/notes", () => "deleted").RequireScope("read").RequireAcr("mfa");
app.Run();
