namespace HQ.OAuth2;

/// <summary>The rules for clients of one provenance.</summary>
internal sealed record ClientPolicy
{
    private static readonly string[] grantTypesForAnybody = [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken];

    private IReadOnlyList<string>? grantTypes;

    /// <summary>The authentication methods it may use; null = they are not known yet, and every name is accepted.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>The method of a client that names none.</summary>
    public string DefaultMethod { get; init; } = OAuthClientAuthenticationMethods.ClientSecretBasic;

    /// <summary>
    /// Whether values that this server does not have are left out (RFC 7591 §3.2.1): a client that describes itself writes one text for all
    /// servers. An administrator gets an error for each such value instead.
    /// </summary>
    public bool Narrows { get; init; }

    /// <summary>The scopes it may register.</summary>
    public required ScopeSet Scopes { get; init; }

    /// <summary>The scope of a client that names none; null = nothing is registered.</summary>
    public ScopeSet? DefaultScope { get; init; }

    public required IEnumerable<string> PrivateUseSchemes { get; init; }

    /// <summary>Registration by the host itself: every grant is allowed.</summary>
    public static ClientPolicy ForApi(ServerSettings settings) =>
        new() { Scopes = settings.Scopes.All, PrivateUseSchemes = settings.Options.PrivateUseSchemes };

    /// <summary>Registration by anyone: no client_credentials, no extension grants of hosts (RFC 7591 §5).</summary>
    public static ClientPolicy ForAnybody(ServerSettings settings) =>
        ForApi(settings) with
        {
            grantTypes = settings.Options is { DeviceAuthorization: true, SelfRegisteredDevices: true }
                ? [.. grantTypesForAnybody, OAuthGrantTypes.DeviceCode]
                : grantTypesForAnybody,
            DefaultScope = settings.Scopes.Default is { IsEmpty: false } scope ? scope : null,
        };

    public bool AllowsMethod(string method) => Methods?.Contains(method) ?? method.Length > 0;

    // RFC 6749 §4.5: an extension grant is named by an absolute URI.
    public bool AllowsGrantType(string grantType) =>
        grantTypes?.Contains(grantType)
        ?? (
            grantType is OAuthGrantTypes.AuthorizationCode or OAuthGrantTypes.RefreshToken or OAuthGrantTypes.ClientCredentials
            || Uri.IsWellFormedUriString(grantType, UriKind.Absolute)
        );
}
