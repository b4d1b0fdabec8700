using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What a host writes into its configuration, and what it is told when that cannot be.</summary>
internal sealed class ConfigurationTests
{
    private const string Section = "auth:oauth2:authorizationServer";

    [Test]
    public void Every_key_of_the_table_is_read_from_the_root()
    {
        var options = Read(
            ("enabled", "true"),
            ("ISSUERURL", "https://auth.example.com"),
            ("dcr", "true"),
            ("defaultOrg", "acme"),
            ("initialAccessTokens:0", "an-initial-access-token"),
            ("clientIdMetadataDocuments", "true"),
            ("documents:allowedHosts:0", "*.example.com"),
            ("documents:deniedHosts:0", "bad.example.com"),
            ("documents:sameOrigin", "true"),
            ("documents:rememberConsent", "true"),
            ("documents:allowLoopback", "true"),
            ("dcrManagement", "true"),
            ("unauthenticatedIntrospection", "true"),
            ("scopes:0:name", "a:b"),
            ("scopes:0:description", "A and B"),
            ("scopes:0:destructive", "true"),
            ("scopes:0:default", "true"),
            ("resources:0:identifier", "https://api.example.com"),
            ("resources:0:name", "The API"),
            ("resources:0:scopes:0", "a:b"),
            ("resources:0:accessTokenFormat", "Opaque"),
            ("defaultResource", "https://api.example.com"),
            ("clients:0:clientId", "web"),
            ("clients:0:secretHash", "$2a$04$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"),
            ("clients:0:redirectUris:0", "https://app.example.com/cb"),
            ("clients:0:introspects:0", "*"),
            ("clients:0:trusted", "true"),
            ("authorizationCodeLifetime", "00:00:30"),
            ("accessTokenLifetime", "00:05:00"),
            ("accessTokenFormat", "opaque"),
            ("refreshTokenLifetime", "10.00:00:00"),
            ("refreshTokenIdleLifetime", "5.00:00:00"),
            ("publicRefreshTokenLifetime", "7.00:00:00"),
            ("refreshTokenLeeway", "00:00:00"),
            ("rememberConsentFor", "1.00:00:00"),
            ("requirePkce", "false"),
            ("rootMetadata", "true"),
            ("privateUseSchemes:0", "myapp"),
            ("privateUseSchemes:1", "warp"),
            ("bcryptWorkFactor", "12"),
            ("signingAlgorithm", "rs256"),
            ("unknownScopes", "refuse"),
            ("signingKeyLifetime", "30.00:00:00"),
            ("signingKeyLeadTime", "2.00:00:00"),
            ("cacheKeysFor", "00:02:00"),
            ("cacheClientsFor", "00:00:20"),
            ("pruneEvery", "02:00:00"),
            ("unusedClientLifetime", "1.00:00:00"),
            ("neverApprovedClientLifetime", "2.00:00:00"),
            ("subjectClaim", "sub"),
            ("authenticationScheme", "Cookies"),
            ("allowPlainHttpBehindProxy", "true"),
            ("limits:registrationsPerMinute", "1"),
            ("limits:failedAuthenticationsPerMinute", "2"),
            ("limits:documentFetchesPerMinute", "4"),
            ("limits:selfRegisteredClients", "5"),
            ("limits:networks:0:network", "203.0.113.0/24"),
            ("limits:networks:0:registrationsPerMinute", "7"),
            ("limits:bcryptConcurrency", "3")
        );

        options.Unreadable.Should().BeEmpty();
        options
            .Should()
            .BeEquivalentTo(
                new
                {
                    Enabled = true,
                    IssuerURL = "https://auth.example.com",
                    Dcr = true,
                    DefaultOrg = "acme",
                    InitialAccessTokens = new[] { "an-initial-access-token" },
                    ClientIdMetadataDocuments = true,
                    Documents = new
                    {
                        AllowedHosts = new[] { "*.example.com" },
                        DeniedHosts = new[] { "bad.example.com" },
                        SameOrigin = true,
                        RememberConsent = true,
                        AllowLoopback = true,
                    },
                    SigningAlgorithm = SigningAlgorithm.RS256,
                    UnknownScopes = UnknownScopes.Refuse,
                    DcrManagement = true,
                    UnauthenticatedIntrospection = true,
                    Scopes = new[]
                    {
                        new
                        {
                            Name = "a:b",
                            Description = "A and B",
                            Destructive = true,
                            Default = true,
                        },
                    },
                    Resources = new[]
                    {
                        new
                        {
                            Identifier = "https://api.example.com",
                            Name = "The API",
                            Scopes = new[] { "a:b" },
                            AccessTokenFormat = AccessTokenFormat.Opaque,
                        },
                    },
                    DefaultResource = "https://api.example.com",
                    Clients = new[]
                    {
                        new
                        {
                            ClientId = "web",
                            RedirectUris = new[] { "https://app.example.com/cb" },
                            Introspects = new[] { "*" },
                            Trusted = true,
                        },
                    },
                    AuthorizationCodeLifetime = TimeSpan.FromSeconds(30),
                    AccessTokenLifetime = TimeSpan.FromMinutes(5),
                    AccessTokenFormat = AccessTokenFormat.Opaque,
                    RefreshTokenLifetime = TimeSpan.FromDays(10),
                    RefreshTokenIdleLifetime = TimeSpan.FromDays(5),
                    PublicRefreshTokenLifetime = TimeSpan.FromDays(7),
                    RefreshTokenLeeway = TimeSpan.Zero,
                    RememberConsentFor = TimeSpan.FromDays(1),
                    RequirePkce = false,
                    RootMetadata = true,
                    PrivateUseSchemes = new[] { "cursor", "vscode", "vscode-insiders", "warp", "windsurf", "myapp" },
                    BcryptWorkFactor = 12,
                    SigningKeyLifetime = TimeSpan.FromDays(30),
                    SigningKeyLeadTime = TimeSpan.FromDays(2),
                    CacheKeysFor = TimeSpan.FromMinutes(2),
                    CacheClientsFor = TimeSpan.FromSeconds(20),
                    PruneEvery = TimeSpan.FromHours(2),
                    UnusedClientLifetime = TimeSpan.FromDays(1),
                    NeverApprovedClientLifetime = TimeSpan.FromDays(2),
                    SubjectClaim = "sub",
                    AuthenticationScheme = "Cookies",
                    AllowPlainHttpBehindProxy = true,
                    Limits = new
                    {
                        SelfRegisteredClients = 5,
                        Networks = new[] { new { Network = "203.0.113.0/24", RegistrationsPerMinute = 7 } },
                        RegistrationsPerMinute = 1,
                        FailedAuthenticationsPerMinute = 2,
                        DocumentFetchesPerMinute = 4,
                        BcryptConcurrency = 3,
                    },
                }
            );
    }

    [Test]
    public void The_section_itself_reads_like_the_root()
    {
        var root = Configuration(("enabled", "true"), ("issuerURL", "https://auth.example.com"));
        var options = new HqOAuth2Options();
        ConfigurationReader.Read(root.GetSection(Section), options);
        options.Should().BeEquivalentTo(new { Enabled = true, IssuerURL = "https://auth.example.com" });
        options.Unreadable.Should().BeEmpty();
    }

    [TestCase("issuerUrI", "https://auth.example.com", "issuerUrI is no key", "issuerURL")]
    [TestCase("accessTokenLifetime", "15", "accessTokenLifetime does not read", "[d.]hh:mm:ss")]
    [TestCase("accessTokenFormat", "paseto", "accessTokenFormat does not read", "jwt or opaque instead of 'paseto'")]
    [TestCase("signingAlgorithm", "HS256", "signingAlgorithm does not read", "ES256 or RS256 instead of 'HS256'")]
    [TestCase("dcr", "yes", "dcr does not read", "true or false")]
    [TestCase("scopes", "read write", "scopes does not read", "a list")]
    [TestCase("limits:registrationPerMinute", "1", "limits:registrationPerMinute is no key", "registrationsPerMinute")]
    [TestCase("clients:0:secrethsh", "x", "clients:0:secrethsh is no key", "secretHash")]
    public void An_invalid_value_is_named_with_its_fix(string key, string value, string problem, string fix) =>
        Read(("enabled", "true"), (key, value))
            .Unreadable.Should()
            .ContainSingle()
            .Which.Should()
            .Contain(Section + ":" + problem)
            .And.Contain(fix);

    [Test]
    public void A_secret_in_the_wrong_place_is_not_repeated() =>
        Read(("clients:0:secret:0", "hunter2"), ("initialAccessTokens", "hunter2"))
            .Unreadable.Should()
            .HaveCount(2)
            .And.NotContain(p => p.Contains("hunter2"));

    [Test]
    public void A_configuration_without_the_section_is_an_error_that_names_it()
    {
        var options = new HqOAuth2Options();
        ConfigurationReader.Read(
            new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "Warning")]).Build(),
            options
        );
        options.Unreadable.Should().ContainSingle().Which.Should().Contain(Section).And.Contain("issuerURL");
    }

    [TestCase("issuerURL", null, "is missing")]
    [TestCase("issuerURL", "https://auth.example.com/", "ends with a slash")]
    [TestCase("issuerURL", "https://auth.example.com?x=1", "has a query")]
    [TestCase("issuerURL", "https://auth.example.com#x", "has a fragment")]
    [TestCase("issuerURL", "http://auth.example.com", "loopback only")]
    [TestCase("issuerURL", "https://AUTH.example.com", "plain form")]
    [TestCase("defaultOrg", null, "defaultOrg = (nothing) is missing, and dcr is on")]
    [TestCase("accessTokenLifetime", "-00:01:00", "accessTokenLifetime = -00:01:00 must be at least one second")]
    [TestCase("refreshTokenLeeway", "-00:00:01", "must not be negative")]
    [TestCase("authorizationCodeLifetime", "00:11:00", "00:10:00 at most")]
    [TestCase("privateUseSchemes:0", "javascript", "privateUseSchemes = javascript cannot be allowed")]
    [TestCase("bcryptWorkFactor", "31", "must be 4 to 14")]
    [TestCase("signingKeyLeadTime", "00:01:00", "twice cacheKeysFor (00:01:00) at least")]
    [TestCase("signingKeyLifetime", "00:59:00", "must be shorter than signingKeyLifetime (00:59:00)")]
    [TestCase("unusedClientLifetime", "1.00:00:00", "shorter than refreshTokenIdleLifetime")]
    public async Task A_rule_that_is_broken_stops_the_start_with_key_value_and_fix(string key, string? value, string message)
    {
        var settings = new Dictionary<string, string?>
        {
            ["enabled"] = "true",
            ["issuerURL"] = "https://auth.example.com",
            ["dcr"] = "true",
            ["defaultOrg"] = "default",
        };
        settings[key] = value;
        var start = () =>
            StartAsync(services =>
                services.AddHqOAuth2(Configuration([.. settings.Where(s => s.Value is not null).Select(s => (s.Key, s.Value!))]))
            );
        (await start.Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should()
            .Contain($"{Section}:{(key == "signingKeyLifetime" ? "signingKeyLeadTime" : key.Split(':')[0])}")
            .And.Contain(message);
    }

    [Test]
    public async Task Dcr_needs_a_store_that_can_add_clients()
    {
        var start = () =>
            StartAsync(services =>
                services
                    .AddHqOAuth2(
                        Configuration(("enabled", "true"), ("issuerURL", "https://auth.example.com"), ("dcr", "true"), ("defaultOrg", "o"))
                    )
                    .AddClientStore<NoClients>()
            );
        (await start.Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should()
            .Contain("dcr = True")
            .And.Contain("IClientRegistry");
    }

    [TestCase(null, "no default authentication scheme")]
    [TestCase("Nobody", "authenticationScheme = Nobody is no authentication scheme")]
    public async Task A_host_without_sign_in_does_not_start(string? scheme, string message)
    {
        var start = () =>
            StartAsync(services =>
                services.AddHqOAuth2(o =>
                {
                    TestApp.Defaults(o);
                    o.Clients.Clear();
                    o.AuthenticationScheme = scheme;
                })
            );
        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain(message).And.Contain("AddCookie");
    }

    [Test]
    public async Task A_secret_in_clear_is_for_development_only()
    {
        var start = () => TestApp.StartAsync(environment: "Production");
        var message = (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message;
        message.Should().Contain("clients:web:secret").And.Contain("secretHash").And.NotContain(TestApp.WebSecret);
    }

    [Test]
    public async Task Disabled_maps_nothing_and_says_so()
    {
        await using var app = await TestApp.StartAsync(o => o.Enabled = false);
        foreach (var path in new[] { "/.well-known/oauth-authorization-server", "/oauth2/jwks", "/oauth2/authorize" })
            (await app.GetAsync(path)).Status.Should().Be(404);
        (await app.PostAsync("/oauth2/token")).Status.Should().Be(404);
        app.Logs.Lines.Should().ContainSingle(l => l.Contains("enabled is false"));
    }

    [Test]
    public async Task Stores_in_memory_are_warned_about_outside_development()
    {
        await using var app = await TestApp.StartAsync(o => o.Clients.Clear(), environment: "Production", inMemory: true);
        var warnings = app.Logs.Lines.Where(l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("in memory")).ToList();
        warnings.Should().HaveCount(4);
        foreach (var store in new[] { "The authorization store", "The client store", "The ticket store", "The key store" })
            warnings.Should().ContainSingle(l => l.Contains(store)).Which.Should().Contain("UseSqlite");
    }

    [Test]
    public async Task A_setting_that_weakens_the_server_is_warned_about_at_start()
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            (o.RequirePkce, o.AllowPlainHttpBehindProxy) = (false, true);
            o.RefreshTokenLeeway = TimeSpan.FromMinutes(6);
            o.Resources.Add(new() { Identifier = "*" });
        });

        var warnings = app.Logs.Lines.Where(l => l.StartsWith("Warning", StringComparison.Ordinal)).ToList();
        foreach (
            var setting in new[]
            {
                "requirePkce = False",
                "allowPlainHttpBehindProxy = True",
                "refreshTokenLeeway = 00:06:00",
                "identifier = *",
            }
        )
            warnings.Should().ContainSingle(l => l.Contains(setting)).Which.Should().Contain(Section);
    }

    [TestCase("jwt")]
    [TestCase("opaque")]
    public async Task The_largest_catalogue_of_scopes_that_starts_can_be_asked_for_whole(string format)
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"s{i:000}xy")];
        const string document = "https://app.example.com/client.json";
        var web = new PublishedDocuments();
        web.Publish(document, PublishedDocuments.Minimal(document, more: $",\"scope\":\"{string.Join(' ', names)}\""));
        await using var app = await TestApp.StartAsync(
            o =>
            {
                o.Scopes.Clear();
                foreach (var name in names)
                    o.Scopes.Add(new() { Name = name });
                o.AccessTokenFormat = format == "jwt" ? AccessTokenFormat.Jwt : AccessTokenFormat.Opaque;
                o.ClientIdMetadataDocuments = true;
            },
            host: builder => builder.Services.AddSingleton(new DocumentFetcher(web, TimeProvider.System))
        );
        var all = string.Join(' ', names);

        var registered = await app.PostJsonAsync(
            "/oauth2/register",
            $$"""{"redirect_uris":["{{TestApp.RedirectUri}}"],"scope":"{{all}}","token_endpoint_auth_method":"none"}"""
        );
        registered.Text("scope").Should().Be(all, registered.Body);
        (await app.TokensAsync(registered.Text("client_id")!)).Text("scope").Should().Be(all, "it is what was registered");
        (await app.TokensAsync(document, ("scope", all))).Text("scope").Should().Be(all);
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", all)));
        names.Should().OnlyContain(name => page.Body.Contains(name));
        var tokens = await app.TokensAsync("web", ("scope", all));
        tokens.Text("scope").Should().Be(all);
        var introspected = await app.PostAsync("/oauth2/introspect", [("token", tokens.AccessToken()), .. TestApp.Credentials("machine")]);
        introspected.Text("scope").Should().Be(all, introspected.Body);
        (await app.RefreshAsync("web", tokens.RefreshToken(), ("scope", all))).Text("scope").Should().Be(all);
    }

    [Test]
    public async Task Mapping_without_adding_names_the_missing_call()
    {
        await using var app = WebApplication.CreateBuilder().Build();
        app.Invoking(a => a.MapHqOAuth2()).Should().Throw<InvalidOperationException>().WithMessage("*AddHqOAuth2*");
    }

    private static HqOAuth2Options Read(params (string Key, string Value)[] settings)
    {
        var options = new HqOAuth2Options();
        ConfigurationReader.Read(Configuration(settings), options);
        return options;
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{Section}:{s.Key}", (string?)s.Value)))
            .Build();

    private static async Task StartAsync(Action<IServiceCollection> services)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        services(builder.Services);
        await using var app = builder.Build();
        app.MapHqOAuth2();
        await app.StartAsync();
    }

    private sealed class NoClients : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => default;
    }
}
