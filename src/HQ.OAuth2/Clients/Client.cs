namespace HQ.OAuth2;

/// <summary>A registered client (RFC 6749 §2, RFC 7591 §2): what a host's <see cref="IClientStore"/> returns.</summary>
public sealed partial record Client : ClientDescription
{
    /// <summary>A client.</summary>
    public Client() { }

    internal Client(ClientDescription description)
        : base(description) { }

    /// <summary>The client identifier, unique in this server.</summary>
    public required string ClientId { get; init; }

    /// <summary>Whether it can keep a secret (RFC 6749 §2.1). Stated, never inferred.</summary>
    public required ClientType Type { get; init; }

    /// <summary>How it came to be registered, which decides how far it is trusted.</summary>
    public ClientProvenance Provenance { get; init; } = ClientProvenance.Api;

    /// <summary>
    /// How it authenticates: <c>none</c>, <c>client_secret_basic</c>, <c>client_secret_post</c>, <c>private_key_jwt</c> or a host's own. A secret
    /// is good by Basic and in the body, whichever of the two is registered.
    /// </summary>
    public required string TokenEndpointAuthMethod { get; init; }

    /// <summary>Its live secrets, hashed; several at once while one replaces another. Empty for a client without a secret.</summary>
    public IReadOnlyList<ClientSecret> Secrets { get; init; } = [];

    /// <summary>Complete redirect URIs, matched as plain strings (RFC 9700 §2.1).</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>What it may do at the token endpoint.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken];

    /// <summary>
    /// Its registered scope: the ceiling of an <c>api</c> client, the default of a self-registered one. Null = all of the
    /// server's scopes, or the server's default.
    /// </summary>
    public ScopeSet? Scope { get; init; }

    /// <summary>
    /// Whether an administrator set <see cref="Scope"/> of a self-registered client: then it is its ceiling too, and the client does not
    /// change it. The scope of an <c>api</c> client is its ceiling anyway.
    /// </summary>
    internal bool ScopeIsCeiling { get; init; }

    /// <summary>The organization it belongs to; null when the host has none.</summary>
    public string? Org { get; init; }

    /// <summary>
    /// When it was registered. Authorizations note it: a client made anew under the same id has none of the old one's. A store
    /// without that fact may leave the default.
    /// </summary>
    public DateTimeOffset CreatedAt { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// The day (UTC) of its last approval or token; null = nobody ever approved it. A registry moves it by
    /// <see cref="IClientRegistry.NoteUseAsync"/>; it decides when a self-registered client is pruned, and nothing else.
    /// </summary>
    public DateOnly? LastUsedOn { get; init; }

    /// <summary>A disabled client is unknown at every endpoint, and its tokens are inactive.</summary>
    public bool Disabled { get; init; }

    /// <summary>
    /// How often it was written, counted from 1. Each update has the next number, so that of two changes made from one version one is
    /// refused. <see cref="IClientRegistry.NoteUseAsync"/> does not count.
    /// </summary>
    public long Version { get; init; } = 1;

    /// <summary>The host vouches for it: its consent is remembered on loopback and private-use redirects too. <c>api</c> only.</summary>
    public bool Trusted { get; init; }

    /// <summary>Whether it must use PKCE; null = the server's setting. Public and self-registered clients always must.</summary>
    public bool? RequirePkce { get; init; }

    /// <summary>Resource identifiers whose tokens it may introspect; <c>*</c> = all. <c>api</c> clients only.</summary>
    public IReadOnlyList<string> Introspects { get; init; } = [];

    /// <summary>
    /// Its name reduced to what the eye compares: names that look alike have one key. A registry keeps it in an indexed column, at least of
    /// <c>api</c> clients, for <see cref="ClientFilter.NameKeys"/>. At most 256 characters.
    /// </summary>
    public string NameKey => Lookalikes.Skeleton(ClientName ?? ClientId);

    /// <summary>Whether it gets no token without proving a key (<c>dpop_bound_access_tokens</c>, RFC 9449 §5.2).</summary>
    public bool DpopBoundAccessTokens { get; init; }

    /// <summary>Ways to reach the people behind it.</summary>
    public IReadOnlyList<string> Contacts { get; init; } = [];

    /// <summary>
    /// The SHA-256 of its registration access token (RFC 7592 §3), base64; null when it may not manage its registration itself.
    /// </summary>
    internal string? RegistrationAccessTokenHash { get; init; }

    /// <summary>
    /// A hash of what consents rest on in its metadata document: redirect URIs, authentication method, keys. Null for clients without one.
    /// </summary>
    internal string? DocumentHash { get; init; }

    /// <summary>Whether it registered itself, so that nobody here vouches for it.</summary>
    public bool IsSelfRegistered => Provenance != ClientProvenance.Api;

    /// <summary>
    /// Whether it authenticates wherever it must (RFC 6749 §2.1). A client that uses <c>none</c> proves nothing, whatever its type says.
    /// </summary>
    internal bool ProvesItself => Type == ClientType.Confidential && TokenEndpointAuthMethod != OAuthClientAuthenticationMethods.None;

    /// <summary>Whether it proves itself by a signature wherever it must.</summary>
    internal bool ProvesItselfByKeys => ProvesItself && TokenEndpointAuthMethod == OAuthClientAuthenticationMethods.PrivateKeyJwt;

    /// <summary>The longest client identifier there is; a column for it needs no more.</summary>
    internal const int MaxIdLength = 800;

    /// <summary>RFC 6749 Appendix A.1: what cannot be a client id needs no look-up.</summary>
    internal static bool CanBeId(string text) => text.Length is > 0 and <= MaxIdLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>When a client is made: now, in whole milliseconds, so that every store gives back the stamp it was given.</summary>
    internal static DateTimeOffset Stamp(TimeProvider time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// The scope that a request of this client is about. The registered scope is an <c>api</c> client's ceiling. It is only the default of a
    /// self-registered one, which may step up to any scope of the server, unless an administrator set it.
    /// </summary>
    internal Outcome<ScopeSet> ResolveScope(string? requested, ScopePolicy scopes) =>
        scopes.Resolve(requested, Scope, isCeiling: ScopeIsCeiling || !IsSelfRegistered);

    /// <summary>What this document says, as the client that is stored: with what the store and an administrator decide of it.</summary>
    internal Client As(Client stored) =>
        this with
        {
            Version = stored.Version,
            CreatedAt = stored.CreatedAt,
            LastUsedOn = stored.LastUsedOn,
            Org = stored.Org,
            Disabled = stored.Disabled,
            RequirePkce = stored.RequirePkce,
            Scope = stored.ScopeIsCeiling ? stored.Scope : Scope,
            ScopeIsCeiling = stored.ScopeIsCeiling,
        };

    internal bool MayUse(string grantType) => GrantTypes.Contains(grantType, StringComparer.Ordinal);
}
