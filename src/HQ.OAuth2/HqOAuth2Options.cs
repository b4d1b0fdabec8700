namespace HQ.OAuth2;

/// <summary>
/// What a host decides: the keys of <c>auth:oauth2:authorizationServer</c>, by the same names. Checked once at start-up, then never
/// changed; a message names the key, the value and the fix.
/// </summary>
public sealed class HqOAuth2Options
{
    /// <summary>False maps no endpoint at all. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The issuer identifier (RFC 8414 §2), used verbatim everywhere: https (http on loopback only), no trailing slash, query or
    /// fragment. Required when <see cref="Enabled"/>.
    /// </summary>
    public string? IssuerURL { get; set; }

    /// <summary>Whether clients may register themselves at <c>POST /oauth2/register</c> (RFC 7591). Default false.</summary>
    public bool Dcr { get; set; }

    /// <summary>The organization that self-registered clients belong to. Required with <see cref="Dcr"/>.</summary>
    public string? DefaultOrg { get; set; }

    /// <summary>Tokens of which registration demands one; empty = open registration.</summary>
    public IList<string> InitialAccessTokens { get; } = [];

    /// <summary>
    /// Whether a client id may be the https URL of a metadata document (draft-ietf-oauth-client-id-metadata-document), which this server
    /// then fetches. Default false.
    /// </summary>
    public bool ClientIdMetadataDocuments { get; set; }

    /// <summary>Which metadata documents count, and how far.</summary>
    public ClientDocumentOptions Documents { get; } = new();

    /// <summary>Whether self-registered clients may read, change and delete their registration (RFC 7592).</summary>
    public bool DcrManagement { get; set; }

    /// <summary>
    /// For an issuer with a path: whether its metadata is served at the root (<c>/.well-known/oauth-authorization-server</c>) too, where
    /// some clients look first. The document is the same and names the issuer with its path (RFC 8414 §3.3). Default false.
    /// </summary>
    public bool RootMetadata { get; set; }

    /// <summary>Whether anybody may introspect access tokens (RFC 7662 §2.1 forbids it). Warned about at start.</summary>
    public bool UnauthenticatedIntrospection { get; set; }

    /// <summary>The scopes there are. What is not listed cannot be granted.</summary>
    public IList<ScopeOptions> Scopes { get; } = [];

    /// <summary>
    /// What becomes of a request for scopes that are not listed (RFC 6749 §3.3). Default <see cref="UnknownScopes.LeaveOut"/>: shipping
    /// clients name <c>openid</c>, <c>email</c> and others at every server. <c>offline_access</c> is never refused.
    /// </summary>
    public UnknownScopes UnknownScopes { get; set; }

    /// <summary>Protected resources that tokens may be for, beyond those under the issuer's own origin; <c>*</c> = any.</summary>
    public IList<ResourceOptions> Resources { get; } = [];

    /// <summary>The audience of a token when none was asked for; null = the issuer.</summary>
    public string? DefaultResource { get; set; }

    /// <summary>Clients made by hand, provenance <c>api</c>.</summary>
    public IList<ClientOptions> Clients { get; } = [];

    /// <summary>How long a code may be redeemed. Default 60 seconds, at most 10 minutes (RFC 6749 §4.1.2).</summary>
    public TimeSpan AuthorizationCodeLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an access token lives. Default 15 minutes.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The form of access tokens, <c>jwt</c> (RFC 9068) or <c>opaque</c> (the same, encrypted). Default jwt.</summary>
    public AccessTokenFormat AccessTokenFormat { get; set; } = AccessTokenFormat.Jwt;

    /// <summary>The absolute life of a refresh chain, inherited by each successor. Default 180 days.</summary>
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(180);

    /// <summary>How long a refresh token may lie unused. Default 30 days.</summary>
    public TimeSpan RefreshTokenIdleLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The absolute life of a public client's refresh chain. Default 90 days.</summary>
    public TimeSpan PublicRefreshTokenLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long after its first use a spent refresh token still gets the live one of its chain: for lost answers, and for clients
    /// that refresh from several processes at once. A stolen token is as good for so long, and its use is noticed only afterwards. Default
    /// 30 seconds, at most one hour; zero = strict (RFC 9700 §4.14.2). More than five minutes is warned about at start.
    /// </summary>
    public TimeSpan RefreshTokenLeeway { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a consent is remembered where it may be; zero = never. Default 90 days.</summary>
    public TimeSpan RememberConsentFor { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Whether confidential clients must use PKCE. Public and self-registered ones always must. Default true.</summary>
    public bool RequirePkce { get; set; } = true;

    /// <summary>
    /// Schemes without a period that public clients may redirect to (RFC 8252 §7.1 wants a period). The schemes of widely used clients are
    /// in the list; configuration adds to it. Code that calls <c>Clear()</c> takes them out.
    /// </summary>
    public IList<string> PrivateUseSchemes { get; } = ["cursor", "vscode", "vscode-insiders", "warp", "windsurf"];

    /// <summary>The bcrypt cost for secrets that a host brings, 4 to 14. Default 10.</summary>
    public int BcryptWorkFactor { get; set; } = 10;

    /// <summary>
    /// What access tokens are signed with. A change counts for keys made from then on: the one that signs goes on to its end. Default ES256.
    /// </summary>
    public SigningAlgorithm SigningAlgorithm { get; set; } = SigningAlgorithm.ES256;

    /// <summary>How long a key signs before its successor does. Default 90 days.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a new key is published before it signs, so that every node and every API that checks tokens has it by then. Default 1 day;
    /// at least twice <see cref="CacheKeysFor"/>.
    /// </summary>
    public TimeSpan SigningKeyLeadTime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a node keeps the keys in memory before it looks at the store again. Default 1 minute.</summary>
    public TimeSpan CacheKeysFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a node keeps a client in memory before it looks at the store again: a client that another node changed or disabled
    /// counts as before for so long. Default 10 seconds; zero = not at all.
    /// </summary>
    public TimeSpan CacheClientsFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often what has expired is removed from the stores. Default 1 hour; zero = never.</summary>
    public TimeSpan PruneEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>After how long without use a self-registered client is removed. Default 90 days.</summary>
    public TimeSpan UnusedClientLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>After how long a self-registered client that nobody ever approved is removed. Default 7 days.</summary>
    public TimeSpan NeverApprovedClientLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The claim of the host's user that becomes the subject; null = <c>ClaimTypes.NameIdentifier</c>.</summary>
    public string? SubjectClaim { get; set; }

    /// <summary>The host's authentication scheme that signs users in; null = the host's default scheme.</summary>
    public string? AuthenticationScheme { get; set; }

    /// <summary>
    /// With an https issuer, whether plain http from other machines is accepted, because a proxy in front ends TLS without saying so.
    /// Default false; <c>UseForwardedHeaders</c> is the better answer.
    /// </summary>
    public bool AllowPlainHttpBehindProxy { get; set; }

    /// <summary>
    /// Whether answers say what was found, what was expected and which key to change; otherwise only the log does. Null = in Development.
    /// </summary>
    public bool? ExplainErrors { get; set; }

    /// <summary>
    /// Where errors are explained: an absolute URI that the lower-case id of the error is appended to and that goes out as
    /// <c>error_uri</c> (RFC 6749 §5.2). Null = none.
    /// </summary>
    public string? ErrorURI { get; set; }

    /// <summary>
    /// Whether the server asks itself at start what a client asks first, by <see cref="IssuerURL"/>, and logs what would break clients.
    /// Null = in Development.
    /// </summary>
    public bool? Doctor { get; set; }

    /// <summary>What the pages that people see look like and offer.</summary>
    public PageOptions Pages { get; } = new();

    /// <summary>How much anybody may ask for.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>What users call the service.</summary>
    internal string ServiceName => Pages.ServiceName ?? RedirectUris.DisplayHost(IssuerURL!);

    /// <summary>What the APIs of this host answer to.</summary>
    internal ServedResources Served { get; } = new();

    /// <summary>What could not be read from the configuration; reported with everything else at start-up.</summary>
    internal IList<string> Unreadable { get; } = [];
}

/// <summary>A scope, and what the consent page says about it.</summary>
public sealed class ScopeOptions
{
    /// <summary>The token that clients ask for (RFC 6749 §3.3).</summary>
    public string Name { get; set; } = "";

    /// <summary>What it lets an app do, in the user's words; null shows the name.</summary>
    public string? Description { get; set; }

    /// <summary>Whether it lets an app destroy something, which the consent page marks.</summary>
    public bool Destructive { get; set; }

    /// <summary>
    /// Whether a client that asks for no scope and registered none gets it. When no scope says so, every one that is not
    /// <see cref="Destructive"/> counts.
    /// </summary>
    public bool Default { get; set; }
}

/// <summary>A protected resource that tokens may be issued for (RFC 8707).</summary>
public sealed class ResourceOptions
{
    /// <summary>Its absolute URI, emitted in <c>aud</c> as written here; <c>*</c> stands for any.</summary>
    public string Identifier { get; set; } = "";

    /// <summary>What the consent page calls it; null shows the identifier.</summary>
    public string? Name { get; set; }

    /// <summary>The scopes it understands; empty = all.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>The form of its access tokens; null = the server's.</summary>
    public AccessTokenFormat? AccessTokenFormat { get; set; }
}

/// <summary>A client made in configuration or code; its provenance is <c>api</c>. The names are those of RFC 7591 §2.</summary>
public sealed class ClientOptions
{
    /// <summary>The client identifier.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>What users read; null shows the client id.</summary>
    public string? ClientName { get; set; }

    /// <summary>The organization it belongs to; null = <see cref="HqOAuth2Options.DefaultOrg"/>.</summary>
    public string? Org { get; set; }

    /// <summary>A bcrypt hash of its secret.</summary>
    public string? SecretHash { get; set; }

    /// <summary>Its secret in clear; accepted in Development only.</summary>
    public string? Secret { get; set; }

    /// <summary>How it authenticates; null = <c>client_secret_basic</c> with a secret, else <c>none</c>.</summary>
    public string? TokenEndpointAuthMethod { get; set; }

    /// <summary>Complete redirect URIs, matched exactly.</summary>
    public IList<string> RedirectUris { get; } = [];

    /// <summary>What it may do at the token endpoint; empty = <c>authorization_code</c> and <c>refresh_token</c>.</summary>
    public IList<string> GrantTypes { get; } = [];

    /// <summary>The scopes it may have, its ceiling; empty = all of the server's.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>Resource identifiers whose tokens it may introspect; <c>*</c> = all.</summary>
    public IList<string> Introspects { get; } = [];

    /// <summary>The host vouches for it: its consent is remembered on loopback and private-use redirects too.</summary>
    public bool Trusted { get; set; }

    /// <summary>Whether it must use PKCE; null = <see cref="HqOAuth2Options.RequirePkce"/>. A public client always must.</summary>
    public bool? RequirePkce { get; set; }
}

/// <summary>Ceilings against floods; zero = none.</summary>
public sealed class LimitOptions
{
    /// <summary>Registrations per minute and remote address. Default 120.</summary>
    public int RegistrationsPerMinute { get; set; } = 120;

    /// <summary>
    /// Failed authentications per minute, client and remote address; also how many that may fail are checked at the same time. Default 10.
    /// </summary>
    public int FailedAuthenticationsPerMinute { get; set; } = 10;

    /// <summary>How many metadata documents are fetched per minute from a host that were not valid before, and how often each that was. Default 30.</summary>
    public int DocumentFetchesPerMinute { get; set; } = 30;

    /// <summary>
    /// Networks whose addresses may register more, or less, than <see cref="RegistrationsPerMinute"/>: for instance those of a hosted
    /// connector, which registers for all its users from a few addresses. The smallest network that an address is in counts.
    /// </summary>
    public IList<NetworkLimitOptions> Networks { get; } = [];

    /// <summary>
    /// How many self-registered (<c>dcr</c>) clients there may be; at the ceiling registrations are refused for now (503). Each node counts
    /// the stored ones once a minute and adds its own, so that several nodes can exceed it by what the others make in a minute. Default
    /// 100,000; 0 = no limit.
    /// </summary>
    public int SelfRegisteredClients { get; set; } = 100_000;

    /// <summary>
    /// How many bcrypt computations may run at once; 16 times as many secrets may wait for one, more are refused. Default: one less than
    /// the number of cores, so that one is left for everything else; at least 1.
    /// </summary>
    public int BcryptConcurrency { get; set; } = Math.Max(1, Environment.ProcessorCount - 1);
}

/// <summary>The limits of a network.</summary>
public sealed class NetworkLimitOptions
{
    /// <summary>The network in CIDR notation: <c>203.0.113.0/24</c>, <c>2001:db8::/32</c> (64 bits at most, as IPv6 addresses count).</summary>
    public string Network { get; set; } = "";

    /// <summary>Registrations per minute from each of its addresses; 0 = no limit.</summary>
    public int RegistrationsPerMinute { get; set; } = 1000;
}

/// <summary>What access tokens are signed with (RFC 7518 §3.1).</summary>
public enum SigningAlgorithm
{
    /// <summary>ECDSA on P-256: short tokens, fast to make.</summary>
    ES256,

    /// <summary>RSA with 2048 bits: for APIs whose library reads nothing else (RFC 9068 §2.1 wants every one to read it).</summary>
    RS256,
}

/// <summary>What becomes of scopes that a server does not have (RFC 6749 §3.3).</summary>
public enum UnknownScopes
{
    /// <summary>They are left out, and the answer names what was granted. A request with no other scope gets the default.</summary>
    LeaveOut,

    /// <summary>The request is refused with <c>invalid_scope</c>.</summary>
    Refuse,
}

/// <summary>What an access token looks like on the wire.</summary>
public enum AccessTokenFormat
{
    /// <summary>A signed JWT by RFC 9068: anybody with the published keys can read and verify it.</summary>
    Jwt,

    /// <summary>The same token, encrypted with a key that is never published: only introspection can read it.</summary>
    Opaque,
}
