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

    /// <summary>The name of the service for users.</summary>
    public string ServiceName => options.Pages.ServiceName ?? UriText.DisplayHost(Issuer.Value);
}
