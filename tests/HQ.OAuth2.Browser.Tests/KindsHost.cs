using System.Security.Claims;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.Browser.Tests;

/// <summary>A host in this process, for the kinds of consent pages that no sample shows. Its users sign in by <c>/as/NAME</c>.</summary>
internal sealed class KindsHost : IAsyncDisposable
{
    public const string Site = "https://claude.ai/api/mcp/auth_callback";
    public const string Document = "https://tools.example/client.json";

    private readonly WebApplication app;

    private KindsHost(WebApplication app, string url) => (this.app, Url) = (app, url);

    public string Url { get; }

    public static async Task<KindsHost> StartAsync(Action<HqOAuth2Options>? options = null)
    {
        var url = $"http://localhost:{FreePort.Next()}";
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication("Cookies").AddCookie("Cookies", o => o.LoginPath = "/as/alice").AddHqOAuth2Bearer();
        builder.Services.AddAuthorization();
        var web = new PublishedDocuments();
        web.Publish(Document, PublishedDocuments.Minimal(Document, "https://tools.example/cb"));
        builder.Services.AddSingleton(new DocumentFetcher(web, TimeProvider.System));
        builder
            .Services.AddHqOAuth2(o =>
            {
                (o.Enabled, o.IssuerURL, o.Dcr, o.DefaultOrg, o.Doctor) = (true, url, true, "default", false);
                o.ClientIdMetadataDocuments = true;
                (o.Pages.ServiceName, o.Pages.HomeUrl) = ("Lenses HQ", "/");
                o.Scopes.Add(Scope("read", "Read your notes"));
                o.Scopes.Add(Scope("write", "Write notes"));
                o.Scopes.Add(Scope("delete", "Delete notes", destructive: true));
                o.Resources.Add(new() { Identifier = url + "/tools", Name = "Lenses HQ tools" });
                o.Clients.Add(Planner());
                options?.Invoke(o);
            })
            .AddOrganizations<Organizations>();
        var app = builder.Build();
        app.UseRequestLocalization("en", "de");
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHqOAuth2();
        app.MapGet("/", () => "The host's own page.");
        app.MapGet("/notes", () => "notes").RequireScope("read");
        app.MapGet("/favicon.ico", () => Results.NoContent());
        app.MapGet(
            "/as/{name}",
            async (HttpContext http, string name, string? returnUrl) =>
            {
                await http.SignInAsync(
                    new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, name), new(ClaimTypes.Name, name)], "test"))
                );
                return Results.LocalRedirect(returnUrl ?? "/");
            }
        );
        await app.StartAsync();
        return new(app, url);
    }

    /// <summary>The user allows an app all it asks for, and the app gets its tokens.</summary>
    public static async Task ConnectAsync(User user, string name, string redirectUri, string scope)
    {
        var client = await user.RegisterAsync(name, redirectUri);
        var back = await user.CatchAsync(redirectUri);
        await user.GoAsync(User.Request(client, redirectUri, scope));
        await user.Allow.ClickAsync();
        await user.RedeemAsync(client, redirectUri, await back);
        await user.Page.UnrouteAllAsync();
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private static ScopeOptions Scope(string name, string description, bool destructive = false) =>
        new()
        {
            Name = name,
            Description = description,
            Destructive = destructive,
        };

    private static ClientOptions Planner()
    {
        var client = new ClientOptions { ClientId = "planner", ClientName = "Garden Planner" };
        client.RedirectUris.Add("https://planner.example/cb");
        foreach (var scope in new[] { "read", "write", "delete" })
            client.Scopes.Add(scope);
        return client;
    }

    private sealed class Organizations : IOrganizations
    {
        public ValueTask<IReadOnlyList<Organization>> ListAsync(string subject, CancellationToken ct) =>
            new(
                subject.StartsWith("olga", StringComparison.Ordinal)
                    ?
                    [
                        new Organization("acme", "Acme Gardens"),
                        new Organization("globex", "Globex"),
                        new Organization("me", "Olga herself"),
                    ]
                    : []
            );
    }
}
