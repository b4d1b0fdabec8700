using System.Security.Claims;
using System.Security.Cryptography;
using HQ.OAuth2;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;

namespace Migration.Tests;

/// <summary>One app in its stages: with the old server, with both, with this one; its data stays in files.</summary>
internal sealed class Hosts : IDisposable
{
    public const string Issuer = "https://auth.example.com";
    public const string Api = "https://api.example.com";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("hq-migration-");

    /// <summary>The signing key of the old server.</summary>
    public ECDsa OldKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Old => Connection("old.db");

    /// <summary>Everything that was logged.</summary>
    public LogLines Logs { get; } = new();

    public async Task<WebApplication> StartAsync(
        bool withOpenIddict,
        bool withOurs,
        string? publishedKeys = null,
        Action<HqOAuth2Options>? options = null
    )
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(Logs);
        builder
            .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(o => o.LoginPath = "/login")
            .AddHqOAuth2Bearer();
        builder.Services.AddAuthorization();
        if (withOpenIddict)
            OpenIddictServer.Add(builder.Services, Old, OldKey);
        if (withOurs)
        {
            builder
                .Services.AddHqOAuth2(o =>
                {
                    (o.Enabled, o.IssuerURL, o.DefaultResource, o.PublishedKeys) = (true, Issuer, Api, publishedKeys);
                    o.Resources.Add(new() { Identifier = Api });
                    (o.Doctor, o.CacheClientsFor) = (false, TimeSpan.Zero);
                    o.Scopes.Add(new() { Name = "read" });
                    o.Scopes.Add(new() { Name = "write" });
                    options?.Invoke(o);
                })
                .UseSqlite(Connection("ours.db"))
                .PersistDataProtectionKeys("migration");
        }

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        if (withOurs)
        {
            app.MapHqOAuth2();
            app.MapGet("/api", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
        }

        app.MapGet(
            "/login",
            (string returnUrl) =>
                Results.SignIn(
                    new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice")], "test")),
                    new AuthenticationProperties { RedirectUri = returnUrl },
                    CookieAuthenticationDefaults.AuthenticationScheme
                )
        );
        await app.StartAsync();
        return app;
    }

    public void Dispose()
    {
        OldKey.Dispose();
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    public string Connection(string file) => $"Data Source={Path.Combine(folder.FullName, file)}";
}
