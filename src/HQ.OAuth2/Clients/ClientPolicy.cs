namespace HQ.OAuth2;

/// <summary>What a client of one provenance may be.</summary>
internal sealed record ClientPolicy
{
    private static readonly string[] methodsForAnybody =
    [
        OAuthClientAuthenticationMethods.None,
        OAuthClientAuthenticationMethods.ClientSecretBasic,
        OAuthClientAuthenticationMethods.ClientSecretPost,
    ];
    private static readonly string[] grantTypesForAnybody = [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken];

    private IReadOnlyList<string>? methods;
    private IReadOnlyList<string>? grantTypes;

    /// <summary>The scopes it may register.</summary>
    public required ScopeSet Scopes { get; init; }

    /// <summary>What it gets when it names none; null = nothing is registered.</summary>
    public ScopeSet? DefaultScope { get; init; }

    public required IEnumerable<string> PrivateUseSchemes { get; init; }

    /// <summary>Whether a client that nobody here vouches for may have the grant type.</summary>
    public static bool IsForAnybody(string grantType) => grantTypesForAnybody.Contains(grantType);

    public static ClientPolicy Of(ClientProvenance provenance, HqOAuth2Options options) =>
        provenance == ClientProvenance.Api ? ForApi(options) : ForSelfRegistration(options);

    /// <summary>By the host's own hand: any method and any grant there is.</summary>
    public static ClientPolicy ForApi(HqOAuth2Options options) =>
        new() { Scopes = ScopePolicy.All(options), PrivateUseSchemes = options.PrivateUseSchemes };

    /// <summary>By anybody: no client_credentials, no extension grants (RFC 7591 §5).</summary>
    public static ClientPolicy ForSelfRegistration(HqOAuth2Options options) =>
        new()
        {
            methods = methodsForAnybody,
            grantTypes = grantTypesForAnybody,
            Scopes = ScopePolicy.All(options),
            DefaultScope = ScopePolicy.Default(options) is { IsEmpty: false } scope ? scope : null,
            PrivateUseSchemes = options.PrivateUseSchemes,
        };

    /// <summary>By a metadata document: as by anybody, with any method; the document's own page refuses shared secrets.</summary>
    public static ClientPolicy ForDocument(HqOAuth2Options options) => ForSelfRegistration(options) with { methods = null };

    public bool AllowsMethod(string method) => methods?.Contains(method) ?? method.Length > 0;

    // RFC 6749 §4.5: an extension grant is named by an absolute URI.
    public bool AllowsGrantType(string grantType) =>
        grantTypes?.Contains(grantType)
        ?? (
            grantType is OAuthGrantTypes.AuthorizationCode or OAuthGrantTypes.RefreshToken or OAuthGrantTypes.ClientCredentials
            || Uri.IsWellFormedUriString(grantType, UriKind.Absolute)
        );
}
