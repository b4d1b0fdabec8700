using System.Security.Cryptography;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

/// <summary>What a test begins with, in one line.</summary>
internal static class Given
{
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    public const string RedirectUri = "https://app.example.com/cb";

    public static HqOAuth2Options Options(Action<HqOAuth2Options>? configure = null)
    {
        var options = new HqOAuth2Options
        {
            Enabled = true,
            IssuerURL = "https://auth.example.com",
            BcryptWorkFactor = 4,
        };
        options.Scopes.Add(new() { Name = "read", Default = true });
        options.Scopes.Add(new() { Name = "write" });
        options.Scopes.Add(new() { Name = "delete", Destructive = true });
        configure?.Invoke(options);
        return options;
    }

    public static Client Client(string id = "app", ClientType type = ClientType.Public) =>
        new()
        {
            ClientId = id,
            Type = type,
            TokenEndpointAuthMethod = type == ClientType.Public ? "none" : "client_secret_basic",
            RedirectUris = [RedirectUri],
        };

    /// <summary>The claims of a client assertion that is right at the start of the clock.</summary>
    public static JsonObject AssertionClaims(string clientId, string? jti = null) =>
        new()
        {
            ["iss"] = clientId,
            ["sub"] = clientId,
            ["aud"] = "https://auth.example.com",
            ["jti"] = jti ?? Guid.NewGuid().ToString("N"),
            ["iat"] = TestClock.Start.ToUnixTimeSeconds(),
            ["exp"] = TestClock.Start.AddMinutes(1).ToUnixTimeSeconds(),
        };

    /// <summary>A row whose code was just issued to <see cref="Client"/>, and the code.</summary>
    public static (OAuthAuthorization Row, AuthorizationCode Code) Authorization(Client? client = null, string? challenge = Challenge)
    {
        var code = AuthorizationCode.New(Guid.CreateVersion7(TestClock.Start).ToString("N"));
        var row = new OAuthAuthorization
        {
            Id = code.Id,
            Subject = "alice",
            ClientId = (client ?? Client()).ClientId,
            ClientCreatedAt = (client ?? Client()).CreatedAt,
            IssuedAt = TestClock.Start,
            Scope = ScopeSet.Of("read", "write"),
            Resources = ["https://auth.example.com"],
            WriteId = OAuthAuthorization.NewWriteId(),
            Code = new()
            {
                Hash = SHA256.HashData(code.Secret),
                Challenge = challenge,
                RedirectUri = RedirectUri,
                RedirectUriWasSent = true,
                ExpiresAt = TestClock.Start + TimeSpan.FromMinutes(1),
            },
        };
        return (row, code);
    }

    public static CodeRedemption Redemption(AuthorizationCode code, Client? client = null) =>
        new()
        {
            Code = code,
            Client = client ?? Client(),
            RedirectUri = RedirectUri,
            Verifier = Verifier,
            Resources = [],
            Now = TestClock.Start,
        };

    public static RefreshRequest Refresh(RefreshToken token, DateTimeOffset now, Client? client = null) =>
        new()
        {
            Token = token,
            Client = client ?? Client(),
            Scope = ScopeSet.Empty,
            Resources = [],
            Now = now,
        };

    /// <summary>An authorization request that passed every check.</summary>
    public static AuthorizationRequest Request(
        Client? client = null,
        string? redirectUri = null,
        string scope = "read",
        string[]? resources = null,
        bool signInAgain = false,
        bool wantsAccountChosen = false,
        TimeSpan? maxAge = null
    ) =>
        new()
        {
            Client = client ?? Client(),
            RedirectUri = redirectUri ?? RedirectUri,
            Scope = ScopeSet.Of(scope.Split(' ')),
            Resources = resources ?? ["https://auth.example.com"],
            SignInAgain = signInAgain,
            WantsAccountChosen = wantsAccountChosen,
            MaxAge = maxAge,
        };

    public static ResourcePolicy Resources(HqOAuth2Options? options = null) => new(options ?? Options());

    public static TokenLifetimes Lifetimes(TimeSpan? leeway = null) =>
        new(TimeSpan.FromMinutes(15), TimeSpan.FromDays(90), TimeSpan.FromDays(30), leeway ?? TimeSpan.FromSeconds(30));

    /// <summary>A row whose code was redeemed at the start of the clock, and the first token of its refresh chain.</summary>
    public static (OAuthAuthorization Row, RefreshToken Token) Active(Client? client = null)
    {
        var (row, code) = Authorization(client);
        var token = RefreshToken.New(row.Id);
        return (row.Redeem(Redemption(code, client), token).ShouldSwap(row).Authorization, token);
    }

    public static AuthorizationLoop Loop(IAuthorizationStore store, params IOAuthEvents[] events) =>
        new(store, new(TimeProvider.System), Events(events), NullLogger<AuthorizationLoop>.Instance);

    public static ClientRegistrar Registrar(
        IClientRegistry registry,
        TimeProvider clock,
        IAuthorizationStore? store = null,
        ClientCache? memory = null,
        HqOAuth2Options? options = null,
        ILogger<EventPublisher>? log = null,
        params IOAuthEvents[] listeners
    )
    {
        var settings = new ServerSettings(options ?? Options());
        var events = new EventPublisher(listeners, clock, log ?? NullLogger<EventPublisher>.Instance);
        memory ??= new ClientCache(settings, clock);
        var directory = Directory(settings.Options, registry, memory, clock).Directory;
        var apps = new ConnectedApps(Loop(store ?? new InMemoryAuthorizationStore()), directory, events, settings, clock);
        var ceiling = new RegistrationCeiling(settings, clock, NullLogger<RegistrationCeiling>.Instance);
        var clients = new ClientLoop(registry, new(settings), memory, ceiling, new(), clock);
        return new(clients, Policies(settings.Options), apps, events, settings);
    }

    public static ClientLookup Directory(
        HqOAuth2Options options,
        IClientStore store,
        ClientCache memory,
        TimeProvider clock,
        ILogger<StoredClients>? log = null,
        PublishedDocuments? published = null,
        ITicketStore? tickets = null,
        params IOAuthEvents[] events
    )
    {
        var settings = new ServerSettings(options);
        var configured = new ConfiguredClients(settings);
        var kept = new KeptDocuments(store, tickets ?? new InMemoryTicketStore(clock), settings, clock);
        var stored = new StoredClients(configured, store, memory, kept, log ?? NullLogger<StoredClients>.Instance);
        var documents = Documents(options, published ?? new(), clock);
        return new(stored, new(stored, documents, Policies(options), Events(events)), new(configured, store, memory));
    }

    /// <summary>What clients may be where these authentication methods are there; the three of this library when none is named.</summary>
    public static ClientPolicies Policies(HqOAuth2Options options, params string[] methods) =>
        new(new ServerSettings(options), () => methods.Length > 0 ? methods : ["none", "client_secret_basic", "client_secret_post"]);

    public static ClientDocuments Documents(HqOAuth2Options options, PublishedDocuments published, TimeProvider clock) =>
        new(new(published, clock), new ServerSettings(options), clock, NullLogger<ClientDocuments>.Instance);

    public static EventPublisher Events(params IOAuthEvents[] listeners) =>
        new(listeners, TimeProvider.System, NullLogger<EventPublisher>.Instance);
}
