namespace HQ.OAuth2;

/// <summary>What a consent page has to say about a request (RFC 6749 §10.2, RFC 7591 §5, OAuth 2.1 §7.9). Texts are cleaned, not encoded.</summary>
public sealed record ConsentModel
{
    internal ConsentModel() { }

    /// <summary>What users call the service whose account it is.</summary>
    public required string ServiceName { get; init; }

    /// <summary>The client's name, cleaned and cut; its id when it has no name.</summary>
    public required string ClientName { get; init; }

    /// <summary>The client's id.</summary>
    public required string ClientId { get; init; }

    /// <summary>How far the name can be trusted.</summary>
    public required ClientProvenance Provenance { get; init; }

    /// <summary>Whether the client registered itself, so that its name is only its own word.</summary>
    public bool IsSelfRegistered => Provenance != ClientProvenance.Api;

    /// <summary>Whether the host vouches for the client, wherever the answer goes.</summary>
    public required bool IsTrusted { get; init; }

    /// <summary>Whether a self-registered client calls itself what one of the host's own clients calls itself.</summary>
    public required bool ImitatesKnownClient { get; init; }

    /// <summary>Whether a self-registered client calls itself official, verified, secure or the like, which nobody here has checked.</summary>
    public required bool ClaimsTrust { get; init; }

    /// <summary>The organization the client belongs to; null when the host has none.</summary>
    public required string? Org { get; init; }

    /// <summary>When the client was registered; null when the store does not say.</summary>
    public required DateTimeOffset? FirstSeen { get; init; }

    /// <summary>Where the answer goes: a host, or the scheme of an app.</summary>
    public required string RedirectHost { get; init; }

    /// <summary>Whether the answer goes to a program on the user's computer.</summary>
    public required bool IsLoopbackRedirect { get; init; }

    /// <summary>Whether the answer goes to whichever app has claimed a scheme.</summary>
    public required bool IsPrivateUseRedirect { get; init; }

    /// <summary>Whether all the client's redirect URIs are on the user's computer.</summary>
    public required bool OnlyLoopbackRedirects { get; init; }

    /// <summary>What is asked for, in the host's words.</summary>
    public required IReadOnlyList<ConsentScope> Scopes { get; init; }

    /// <summary>What the server has and the client does not ask for.</summary>
    public required IReadOnlyList<ConsentScope> ScopesNotIncluded { get; init; }

    /// <summary>Whether the user may grant some of the scopes and not others.</summary>
    public required bool ChooseScopes { get; init; }

    /// <summary>What the tokens are for.</summary>
    public required IReadOnlyList<ConsentResource> Resources { get; init; }

    /// <summary>Links that the client gave (home page, terms, policy), https; the logo is left out.</summary>
    public required IReadOnlyList<ConsentLink> Links { get; init; }

    /// <summary>Whether one of its links or its logo is on another host than its redirect URIs.</summary>
    public required bool HasForeignLinks { get; init; }

    /// <summary>How long an access token will work.</summary>
    public required TimeSpan AccessTokenLifetime { get; init; }

    /// <summary>How long the client may come back without asking; null when it gets no refresh token.</summary>
    public required TimeSpan? RefreshTokenLifetime { get; init; }

    /// <param name="request">What was asked.</param>
    /// <param name="imitates">Whether the client uses the name of one of the host's own.</param>
    /// <param name="given">What the user lets the client do now; empty when it is not known.</param>
    /// <param name="options">The host's words.</param>
    internal static ConsentModel Of(AuthorizationRequest request, bool imitates, ScopeSet given, HqOAuth2Options options)
    {
        var (client, uri) = (request.Client, request.RedirectUri);
        ConsentLink[] links =
        [
            .. new[] { ("client_uri", client.ClientUri), ("tos_uri", client.TosUri), ("policy_uri", client.PolicyUri) }
                // A store may hold what registration would refuse.
                .Where(l => l.Item2 is { } uri && RedirectUris.IsPlainHttpsUrl(uri))
                .Select(l => new ConsentLink(l.Item1, l.Item2!, RedirectUris.DisplayHost(l.Item2!))),
        ];
        var hosts = client.RedirectUris.Select(RedirectUris.DisplayHost).ToHashSet(StringComparer.Ordinal);
        var resources = new ResourcePolicy(options);
        return new()
        {
            ServiceName = options.ServiceName,
            ClientName = DisplayName.Of(client),
            ClientId = client.ClientId,
            Provenance = client.Provenance,
            IsTrusted = client.Trusted && client.Provenance == ClientProvenance.Api,
            ImitatesKnownClient = imitates,
            ClaimsTrust = client.IsSelfRegistered && Lookalikes.ClaimsTrust(client.ClientName),
            Org = client.Org,
            FirstSeen = client.CreatedAt == DateTimeOffset.UnixEpoch ? null : client.CreatedAt,
            RedirectHost = RedirectUris.DisplayHost(uri),
            IsLoopbackRedirect = RedirectUris.IsLoopback(uri),
            IsPrivateUseRedirect = RedirectUris.IsPrivateUse(uri),
            OnlyLoopbackRedirects = client.RedirectUris.All(RedirectUris.IsLoopback),
            Scopes = [.. request.Scope.Select(s => ConsentScope.Of(s, options) with { AlreadyGranted = given.Contains(s) })],
            ScopesNotIncluded =
            [
                .. options.Scopes.Where(s => !request.Scope.Contains(s.Name)).Select(s => ConsentScope.Of(s.Name, options)),
            ],
            ChooseScopes = options.Pages.ChooseScopes,
            Resources = [.. request.Resources.Select(resources.Describe)],
            Links = links,
            HasForeignLinks =
                links.Any(l => !hosts.Contains(l.Host))
                || (client.LogoUri is { } logo && RedirectUris.IsPlainHttpsUrl(logo) && !hosts.Contains(RedirectUris.DisplayHost(logo))),
            AccessTokenLifetime = options.AccessTokenLifetime,
            RefreshTokenLifetime = client.MayUse(OAuthGrantTypes.RefreshToken) ? TokenLifetimes.Of(client, options).RefreshToken : null,
        };
    }
}

/// <summary>One scope on a consent page.</summary>
/// <param name="Name">The token.</param>
/// <param name="Description">What it lets an app do; null when the host has no words for it.</param>
/// <param name="Destructive">Whether it lets an app destroy something.</param>
/// <param name="AlreadyGranted">Whether the user lets this client do it now.</param>
public sealed record ConsentScope(string Name, string? Description, bool Destructive, bool AlreadyGranted = false)
{
    internal static ConsentScope Of(string name, HqOAuth2Options options)
    {
        var known = options.Scopes.FirstOrDefault(s => s.Name == name);
        return new(name, known?.Description, known?.Destructive ?? false);
    }
}

/// <summary>What a token is for, on a consent page.</summary>
/// <param name="Identifier">Its absolute URI.</param>
/// <param name="Name">What the host calls it; null when it has no name.</param>
/// <param name="Place">Its host and path, or all of an identifier that has none.</param>
public sealed record ConsentResource(string Identifier, string? Name, string Place);

/// <summary>A link that the client gave about itself.</summary>
/// <param name="Kind">Its name in the client's metadata: <c>client_uri</c>, <c>tos_uri</c> or <c>policy_uri</c>.</param>
/// <param name="Uri">Where it leads, https.</param>
/// <param name="Host">The host of that.</param>
public sealed record ConsentLink(string Kind, string Uri, string Host);
