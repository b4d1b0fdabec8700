namespace HQ.OAuth2;

/// <summary>How an API in another process accepts the server's access tokens: it asks the server (RFC 7662), and caches the answer.</summary>
public sealed class HqOAuth2IntrospectionOptions : HqOAuth2ApiOptions
{
    /// <summary>The server's issuer identifier, exactly as the server has it. Required.</summary>
    public string? Issuer { get; set; }

    /// <summary>The introspection endpoint; null = the place below the issuer where HQ.OAuth2 has it.</summary>
    public string? IntrospectionEndpoint { get; set; }

    /// <summary>The API's own client at the server, with the right to introspect tokens of its resources (<c>introspects</c>). Required.</summary>
    public string? ClientId { get; set; }

    /// <summary>The secret of that client. Required.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The member of the server's answer that names the organization, which becomes a claim of that name. Default <c>org_id</c>.</summary>
    public string OrganizationClaim { get; set; } = "org_id";

    /// <summary>
    /// How long an answer is used again, but never beyond the token's own end: a revocation takes effect after that time. Default 30 seconds, at
    /// most one day; zero = the server is asked each time.
    /// </summary>
    public TimeSpan CacheFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether tokens are accepted over plain http from another machine, for a proxy that ends TLS and cannot be configured by
    /// <c>UseForwardedHeaders</c>. Default false: if <see cref="Issuer"/> or one of <c>Resources</c> is https, such requests are 400 (RFC 6750
    /// §5.3).
    /// </summary>
    public bool AllowPlainHttpBehindProxy { get; set; }

    /// <summary>The HTTP client for requests to the server; null = a client with a time limit of 10 seconds.</summary>
    public HttpClient? Backchannel { get; set; }

    /// <summary>The cached answers of the server, for <see cref="CacheFor"/>.</summary>
    internal IntrospectionCache Answers { get; set; } = new(TimeSpan.Zero);

    /// <summary>The address of the introspection endpoint.</summary>
    internal string Endpoint =>
        IntrospectionEndpoint
        ?? (
            OAuth2.Issuer.TryParse(Issuer, out var issuer, out var problem)
                ? issuer.Url(issuer.IntrospectPath)
                : throw new InvalidOperationException(problem)
        );

    internal IEnumerable<string> Problems()
    {
        if (!OAuth2.Issuer.TryParse(Issuer, out _, out var problem))
            yield return $"AddHqOAuth2Introspection: Issuer = {Issuer ?? "(nothing)"} {problem}.";
        if (IntrospectionEndpoint is { } endpoint && !UriText.IsPlainHttpsUrl(endpoint) && !UriText.IsLoopback(endpoint))
            yield return $"AddHqOAuth2Introspection: IntrospectionEndpoint = {endpoint} is no https URL (http is for loopback only), and the secret goes there.";
        if (string.IsNullOrEmpty(ClientId) || string.IsNullOrEmpty(ClientSecret))
            yield return "AddHqOAuth2Introspection: ClientId or ClientSecret is missing: register a client for this API at the server, with introspects = its resources.";
        if (Resources.Count == 0)
            yield return "AddHqOAuth2Introspection: Resources is empty: add this API's identifier, which is the audience of its tokens (RFC 8707).";
        if (CacheFor < TimeSpan.Zero)
            yield return $"AddHqOAuth2Introspection: CacheFor = {CacheFor} is negative: use 00:00:00 to ask the server each time.";
        if (CacheFor > TimeSpan.FromDays(1))
            yield return $"AddHqOAuth2Introspection: CacheFor = {CacheFor} is too long: {TimeSpan.FromDays(1)} at most, because a revoked token works for that long.";
        if (PublicUrl is { } url && ProofTarget.Of(url) is null)
            yield return $"AddHqOAuth2Introspection: PublicUrl = {url} is no absolute https URL: write for instance https://app.example.com.";
        foreach (var resource in Resources.Where(r => !ResourcePolicy.IsResourceUri(r)))
            yield return $"AddHqOAuth2Introspection: Resources has '{resource}', which is no absolute URI without fragment (RFC 8707).";
    }
}
