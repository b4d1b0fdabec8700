namespace HQ.OAuth2;

/// <summary>
/// What a host decides: the keys of <c>auth:oauth2:authorizationServer</c>, by the same names. Checked once at start-up, then never
/// changed; a message names the key, the value and the fix.
/// </summary>
public sealed partial class HqOAuth2Options
{
    /// <summary>The section of the configuration, for messages.</summary>
    internal const string Section = "auth:oauth2:authorizationServer";

    /// <summary>False maps nothing, and says so in one log line. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The issuer identifier (RFC 8414 §2), used verbatim everywhere: https (http on loopback only: 127.0.0.1, [::1], localhost and names
    /// below localhost), no trailing slash, query or fragment. Required when <see cref="Enabled"/>.
    /// </summary>
    public string? IssuerURL { get; set; }

    /// <summary>
    /// Whether clients may register themselves at <c>POST /oauth2/register</c> (RFC 7591); <see cref="DefaultOrg"/> is required then.
    /// Default false.
    /// </summary>
    public bool Dcr { get; set; }

    /// <summary>The organization that self-registered clients belong to. Required with <see cref="Dcr"/>.</summary>
    public string? DefaultOrg { get; set; }

    /// <summary>Bearer tokens of which registration needs one; without any, registration is open.</summary>
    public IList<string> InitialAccessTokens { get; } = [];

    /// <summary>
    /// Whether a <c>client_id</c> may be the https URL of a document that describes the client
    /// (draft-ietf-oauth-client-id-metadata-document). The document is fetched for users who are signed in, from public addresses only,
    /// and kept once a user has approved it. Default false.
    /// </summary>
    public bool ClientIdMetadataDocuments { get; set; }

    /// <summary>Which metadata documents count, and how far.</summary>
    public ClientDocumentOptions Documents { get; } = new();

    /// <summary>
    /// Whether self-registered clients may read, replace and delete their registration (RFC 7592), with the token that came with it.
    /// Default false.
    /// </summary>
    public bool DcrManagement { get; set; }

    /// <summary>
    /// Whether devices without a browser may sign in by a code that their user enters at <c>/oauth2/device</c> (RFC 8628): clients with the
    /// grant type <c>urn:ietf:params:oauth:grant-type:device_code</c>. Default false.
    /// </summary>
    public bool DeviceAuthorization { get; set; }

    /// <summary>
    /// Whether clients that register themselves, or have a metadata document, may use that grant type too. Default false: only clients that the
    /// host registers.
    /// </summary>
    public bool SelfRegisteredDevices { get; set; }

    /// <summary>
    /// Whether users may make personal access tokens for scripts, on the page of connected apps and by its API. They are opaque (<c>hqp_…</c>):
    /// an API checks them by introspection or by <c>AddHqOAuth2Bearer</c>. An <c>IPersonalTokenPolicy</c> says who may. Default false.
    /// </summary>
    public bool PersonalAccessTokens { get; set; }

    /// <summary>
    /// Whether clients may push their authorization requests (RFC 9126): the request goes from the client to this server directly, and the
    /// browser carries a reference that works once. Default true.
    /// </summary>
    public bool PushedAuthorizationRequests { get; set; } = true;

    /// <summary>
    /// Whether every client must push its authorization requests. Clients that do not know RFC 9126, most MCP clients among them, cannot
    /// connect then, nor can a client whose metadata document was never fetched. Default false.
    /// </summary>
    public bool RequirePushedAuthorizationRequests { get; set; }

    /// <summary>
    /// For an <see cref="IssuerURL"/> with a path: whether its metadata is served at the root
    /// (<c>/.well-known/oauth-authorization-server</c>) too, where some clients look first. The document is the same and names the issuer
    /// with its path (RFC 8414 §3.3). Default false.
    /// </summary>
    public bool RootMetadata { get; set; }

    /// <summary>Whether anybody may introspect access tokens (RFC 7662 §2.1 forbids it). Default false.</summary>
    public bool UnauthenticatedIntrospection { get; set; }

    /// <summary>
    /// The scopes there are; others cannot be granted. A client that asks for no scope and registered none gets those marked
    /// <c>default</c>, else all that are not <c>destructive</c>. At most 500, 4,000 characters in all.
    /// </summary>
    public IList<ScopeOptions> Scopes { get; } = [];

    /// <summary>
    /// What becomes of a request for scopes that are not listed (RFC 6749 §3.3): they are left out and the answer names what was granted,
    /// or the request is refused with <c>invalid_scope</c>. Widely used clients name <c>openid</c>, <c>email</c> and others at every
    /// server. <c>offline_access</c> is never refused. Default <c>leaveOut</c>.
    /// </summary>
    public UnknownScopes UnknownScopes { get; set; }

    /// <summary>
    /// Protected resources that tokens may be for, <c>*</c> = any. Resources under the issuer's own origin are always accepted; one that
    /// differs from an API of this host by a slash at the end, or is the bare host, becomes the identifier of that API.
    /// </summary>
    public IList<ResourceOptions> Resources { get; } = [];

    /// <summary>The audience of a token when a client asks for no resource. Default the issuer.</summary>
    public string? DefaultResource { get; set; }

    /// <summary>Clients made by hand, provenance <c>api</c>.</summary>
    public IList<ClientOptions> Clients { get; } = [];

    /// <summary>
    /// The form of access tokens: a JWT that APIs can verify (RFC 9068), or opaque, which is the same token, encrypted. Default
    /// <c>jwt</c>.
    /// </summary>
    public AccessTokenFormat AccessTokenFormat { get; set; } = AccessTokenFormat.Jwt;

    /// <summary>
    /// <c>fapi2</c> demands what the FAPI 2.0 Security Profile does, of every client: pushed requests, PKCE, authentication by keys, tokens that
    /// are bound to a key of the client (DPoP), codes of a minute. A setting that contradicts it stops the start. Default <c>none</c>.
    /// </summary>
    public SecurityProfile Profile { get; set; }

    /// <summary>Whether confidential <c>api</c> clients must use PKCE. Public and self-registered ones always must. Default true.</summary>
    public bool RequirePkce { get; set; } = true;

    /// <summary>
    /// Whether the audience of a client assertion (<c>private_key_jwt</c>) may be the URL of the token endpoint too, as clients from before
    /// draft-ietf-oauth-rfc7523bis write it. Default false: the issuer alone.
    /// </summary>
    public bool AcceptTokenEndpointAudience { get; set; }

    /// <summary>
    /// Whether a DPoP proof at the token endpoint, or with a pushed request, needs a nonce of this server (RFC 9449 §8): a proof that was made
    /// long in advance is of no use then. A client without one is told to repeat its request. Default false.
    /// </summary>
    public bool RequireDpopNonce { get; set; }

    /// <summary>
    /// Schemes without a period that public clients may redirect to (RFC 8252 §7.1 wants a period). The built-in ones are those of widely
    /// used clients; the key adds to them, and code that calls <c>Clear()</c> takes them out.
    /// </summary>
    public IList<string> PrivateUseSchemes { get; } = ["cursor", "vscode", "vscode-insiders", "warp", "windsurf"];

    /// <summary>The bcrypt cost for secrets that a host brings. Default 10.</summary>
    public int BcryptWorkFactor { get; set; } = 10;

    /// <summary>
    /// What access tokens are signed with; RS256 is for APIs that read nothing else. A change counts for keys made from then on: the one
    /// that signs goes on to its end. Default <c>ES256</c>.
    /// </summary>
    public SigningAlgorithm SigningAlgorithm { get; set; } = SigningAlgorithm.ES256;

    /// <summary>
    /// A JWK set (RFC 7517 §5) in JSON with the public keys of another server, which the key set of this server shows too: while hosts move
    /// here, APIs that verify by it accept the tokens that the other server signed under the same issuer. Default none.
    /// </summary>
    public string? PublishedKeys { get; set; }

    /// <summary>The claim of the host's user that becomes the subject. Default <c>ClaimTypes.NameIdentifier</c>.</summary>
    public string? SubjectClaim { get; set; }

    /// <summary>
    /// Whether token answers say how long the refresh token and the authorization last: <c>refresh_token_expires_in</c> and
    /// <c>authorization_expires_in</c>, in seconds (draft-ietf-oauth-refresh-token-expiration).
    /// </summary>
    public bool TellRefreshExpiry { get; set; }

    /// <summary>The claim of access tokens, and the member of introspection, that names the organization of an authorization. Default <c>org_id</c>.</summary>
    public string OrganizationClaim { get; set; } = "org_id";

    /// <summary>The host's authentication scheme that signs users in. Default the host's default scheme.</summary>
    public string? AuthenticationScheme { get; set; }

    /// <summary>
    /// With an https issuer, whether plain http from other machines is accepted, because a proxy in front ends TLS without saying so;
    /// otherwise every endpoint and API of this server refuses it. <c>UseForwardedHeaders</c> is the better answer. Default false.
    /// </summary>
    public bool AllowPlainHttpBehindProxy { get; set; }

    /// <summary>
    /// Whether answers say what was found, what was expected and which key to change; otherwise only the log does. Default in
    /// Development.
    /// </summary>
    public bool? ExplainErrors { get; set; }

    /// <summary>
    /// Where errors are explained: an absolute URI that goes out as <c>error_uri</c> (RFC 6749 §5.2), completed by the id of the error. One
    /// that ends in <c>/</c> is a folder of pages (<c>https://docs.example.com/errors/HQ1001</c>), one that ends in <c>#</c> is one page
    /// with anchors (<c>https://docs.example.com/errors#hq1001</c>).
    /// </summary>
    public string? ErrorURI { get; set; }

    /// <summary>
    /// Whether the server asks itself at start what a client asks first, by <see cref="IssuerURL"/>, and logs what would break clients.
    /// Default in Development.
    /// </summary>
    public bool? Doctor { get; set; }

    /// <summary>What the pages that people see look like and offer.</summary>
    public PageOptions Pages { get; } = new();

    /// <summary>How much anybody may ask for.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>What could not be read from the configuration; reported with everything else at start-up.</summary>
    internal IList<string> Unreadable { get; } = [];
}
