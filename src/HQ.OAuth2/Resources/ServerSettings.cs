namespace HQ.OAuth2;

/// <summary>The settings in the form that the server uses: computed once from valid options, and never changed.</summary>
/// <param name="options">The options.</param>
internal sealed class ServerSettings(HqOAuth2Options options)
{
    private readonly Issuer? issuer = Issuer.TryParse(options.IssuerURL, out var parsed, out _) ? parsed : null;

    /// <summary>The options of the host.</summary>
    public HqOAuth2Options Options => options;

    /// <summary>The issuer and the addresses below it.</summary>
    /// <exception cref="InvalidOperationException">The server is not enabled.</exception>
    public Issuer Issuer => issuer ?? throw new InvalidOperationException("A server that is not enabled has no issuer.");

    /// <summary>Which scopes there are.</summary>
    public ScopePolicy Scopes { get; } = new(options);

    /// <summary>Which resources tokens may be for.</summary>
    public ResourcePolicy Resources { get; } = new(options);

    /// <summary>How much answers say about errors.</summary>
    public ErrorDetail ErrorDetail { get; } = new(options.ExplainErrors ?? false, options.ErrorURI);

    /// <summary>Whether the demands of the FAPI 2.0 Security Profile hold.</summary>
    public bool IsFapi2 => options.Profile == SecurityProfile.Fapi2;

    /// <summary>Whether every client must push its authorization requests (RFC 9126 §5).</summary>
    public bool RequiresPushedRequests => options.RequirePushedAuthorizationRequests || IsFapi2;

    /// <summary>The algorithms of signatures that clients make; FAPI 2.0 §5.4.1 leaves out RS256.</summary>
    public IReadOnlyList<string> ClientAlgorithms { get; } =
        options.Profile == SecurityProfile.Fapi2
            ? [.. PublicJwk.Verified.Where(a => a != Microsoft.IdentityModel.Tokens.SecurityAlgorithms.RsaSha256)]
            : PublicJwk.Verified;

    /// <summary>Whether a client may authenticate by this method here: FAPI 2.0 §5.3.2.1 wants a proof that is no shared secret.</summary>
    public bool Allows(string method) => !IsFapi2 || IsStrong(method);

    /// <summary>Whether a method is neither none nor a shared secret.</summary>
    public static bool IsStrong(string method) =>
        method != OAuthClientAuthenticationMethods.None && !OAuthClientAuthenticationMethods.IsSharedSecret(method);

    /// <summary>The name of the service for users.</summary>
    public string ServiceName => options.Pages.ServiceName ?? UriText.DisplayHost(Issuer.Value);
}
