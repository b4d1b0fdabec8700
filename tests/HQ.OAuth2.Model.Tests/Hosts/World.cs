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

    private static readonly Resources[] apis = [Resources.Server, Resources.Notes, Resources.Files];
    private static readonly string[] scopes = ["read", "write", "delete"];

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
        builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, TestUsers>("Test", null);
        // An API of each resource. That of the server has no identifier of its own.
        foreach (var resource in apis)
            builder
                .Services.AddAuthentication()
                .AddHqOAuth2Bearer(
                    resource.ToString(),
                    o => ((List<string>)[.. resource == Resources.Server ? [] : Names.Of(resource)]).ForEach(o.Resources.Add)
                );
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
        foreach (var resource in apis)
        foreach (var scope in scopes)
            app.MapGet($"/{Names.Text(resource)}/{scope}", Told).RequireScope(resource.ToString(), ScopeSet.Of(scope));
        await app.StartAsync();
        return app;
    }

    // What an API knows of a token.
    private static IResult Told(HttpContext http) =>
        Results.Json(
            new Dictionary<string, object?>
            {
                ["sub"] = http.User.FindFirst("sub")!.Value,
                ["client_id"] = http.User.FindFirst("client_id")!.Value,
                ["scope"] = http.User.FindFirst("scope")!.Value,
                ["org_id"] = http.User.FindFirst("org_id")?.Value,
                ["aud"] = http.User.FindAll("aud").Select(c => c.Value),
            }
        );

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
        foreach (var resource in Names.Of(Resources.Notes | Resources.Files))
            o.Resources.Add(new() { Identifier = resource });
        foreach (var scope in scopes)
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
