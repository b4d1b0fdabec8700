using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.Model.Tests;

/// <summary>
/// Some nodes on one store, with one clock: real hosts, reached through in-memory connections. Clients are cached for no time, so that a change at one
/// node holds at the others at once and the model is exact; everything else is as hosts have it.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public const string Issuer = "https://auth.example.com";
    public const string ApiSecret = "secret-of-the-api";

    private readonly List<WebApplication> apps = [];

    private string? address;

    private World() { }

    public TestClock Clock { get; } = new();

    public Membership Members { get; } = new();

    /// <summary>A connection to each node.</summary>
    public IReadOnlyList<HttpClient> Nodes { get; private set; } = [];

    public static async Task<World> StartAsync(int nodes, TestDatabase? database = null)
    {
        var world = new World();
        var protection = new EphemeralDataProtectionProvider();
        for (var i = 0; i < nodes; i++)
            world.apps.Add(await world.StartAsync(database, protection));
        world.Nodes = [.. world.apps.Select(a => new HttpClient(a.GetTestServer().CreateHandler()) { BaseAddress = new(Issuer) })];
        return world;
    }

    /// <summary>One node that listens, for other programs.</summary>
    public static async Task<World> ListenAsync(string address)
    {
        var world = new World { address = address };
        world.apps.Add(await world.StartAsync(null, new EphemeralDataProtectionProvider()));
        return world;
    }

    /// <summary>What each node does once a minute.</summary>
    public async Task PassMinuteAsync()
    {
        foreach (var app in apps)
            await app.Services.GetRequiredService<TokenKeys>().RefreshAsync(default);
    }

    /// <summary>
    /// Moves the clock to midnight, some days on, when each key of before is old: what comes then does not depend on what was before.
    /// </summary>
    public async Task BeginAsync()
    {
        await PassMinuteAsync();
        Clock.Now = new(Clock.Now.UtcDateTime.Date.AddDays(4), TimeSpan.Zero);
        await PassMinuteAsync();
    }

    /// <summary>What a node does once an hour.</summary>
    public async Task PruneAsync(int node)
    {
        var services = apps[node].Services;
        while (await services.GetRequiredService<IAuthorizationStore>().RemoveExpiredAsync(Clock.Now, 1000, default) > 0) { }
        while (await services.GetRequiredService<ITicketStore>().RemoveExpiredAsync(1000, default) > 0) { }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            node.Dispose();
        foreach (var app in apps)
            await app.DisposeAsync();
    }

    private async Task<WebApplication> StartAsync(TestDatabase? database, IDataProtectionProvider protection)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        if (address is null)
            builder.WebHost.UseTestServer();
        else
            builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton(Members);
        builder.Services.AddSingleton(protection);
        builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, TestUsers>("Test", null).AddHqOAuth2Bearer();
        builder.Services.AddAuthorization();
        var server = builder.Services.AddHqOAuth2(o =>
        {
            Options(o);
            o.IssuerURL = address ?? Issuer;
        });
        server.AddOrganizations<Organizations>();
        database?.Use(server);
        if (database is null && apps.Count > 0)
        {
            // The memory of the first node is the store of all.
            var first = apps[0].Services;
            builder.Services.AddSingleton(first.GetRequiredService<IAuthorizationStore>());
            builder.Services.AddSingleton(first.GetRequiredService<IClientStore>());
            builder.Services.AddSingleton(first.GetRequiredService<ITicketStore>());
            builder.Services.AddSingleton(first.GetRequiredService<IKeyStore>());
        }

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHqOAuth2();
        app.MapHqOAuth2Management().RequireAuthorization(p => p.RequireAssertion(c => c.User.Identity?.Name == "admin"));
        foreach (var scope in new[] { "read", "write", "delete" })
            app.MapGet("/api/" + scope, (HttpContext http) => Results.Json(http.User.Claims.ToDictionary(c => c.Type, c => c.Value)))
                .RequireScope(scope);
        await app.StartAsync();
        return app;
    }

    private static void Options(HqOAuth2Options o)
    {
        (o.Enabled, o.Dcr, o.DefaultOrg) = (true, true, "default");
        (o.DeviceAuthorization, o.SelfRegisteredDevices, o.PersonalAccessTokens) = (true, true, true);
        (o.Doctor, o.ExplainErrors, o.BcryptWorkFactor) = (false, false, 4);
        o.Pages.ChooseScopes = true;
        o.CacheClientsFor = TimeSpan.Zero;
        // Keys change every second day, so that they do within a sequence.
        (o.SigningKeyLifetime, o.SigningKeyLeadTime) = (TimeSpan.FromDays(2), TimeSpan.FromMinutes(10));
        // Pruning is a command.
        o.PruneEvery = TimeSpan.Zero;
        // Everything comes from one address, at one moment.
        (o.Limits.RegistrationsPerMinute, o.Limits.FailedAuthenticationsPerMinute, o.Limits.SelfRegisteredClients) = (0, 0, 0);
        (o.Limits.DeviceCodesPerMinute, o.Limits.ClientDeviceCodesPerMinute, o.Limits.WrongUserCodes) = (0, 0, 0);
        o.Limits.PersonalAccessTokensPerHour = 0;
        foreach (var scope in new[] { "read", "write", "delete" })
            o.Scopes.Add(
                new()
                {
                    Name = scope,
                    Description = scope,
                    Default = scope == "read",
                }
            );
        var api = new ClientOptions { ClientId = "api", Secret = ApiSecret };
        api.GrantTypes.Add("client_credentials");
        api.Introspects.Add("*");
        o.Clients.Add(api);
    }
}
