namespace HQ.OAuth2;

/// <summary>What a consent page has to say about a request (RFC 6749 §10.2, RFC 7591 §5, OAuth 2.1 §7.9). Texts are cleaned, not encoded.</summary>
public sealed class ConsentModel
{
    internal ConsentModel() { }

    /// <summary>What users call the service whose account it is.</summary>
    public string ServiceName { get; internal init; } = "";

    /// <summary>The client's name, cleaned and cut; its id when it has no name.</summary>
    public string ClientName { get; internal init; } = "";

    /// <summary>The client's id.</summary>
    public string ClientId { get; internal init; } = "";

    /// <summary>How far the name can be trusted.</summary>
    public ClientProvenance Provenance { get; internal init; }

    /// <summary>Whether the client registered itself, so that its name is only its own word.</summary>
    public bool IsSelfRegistered => Provenance != ClientProvenance.Api;

    /// <summary>Whether the host vouches for the client, wherever the answer goes.</summary>
    public bool IsTrusted { get; internal init; }

    /// <summary>Whether the client proves itself by a key of its own (<c>private_key_jwt</c>). It says nothing about its name.</summary>
    public bool ProvesItselfByKeys { get; internal init; }

    /// <summary>Whether a self-registered client calls itself what one of the host's own clients calls itself.</summary>
    public bool ImitatesKnownClient { get; internal init; }

    /// <summary>Whether a self-registered client calls itself official, verified, secure or the like, which nobody here has checked.</summary>
    public bool ClaimsTrust { get; internal init; }

    /// <summary>The organization the client belongs to; null when the host has none.</summary>
    public string? Org { get; internal init; }

    /// <summary>When the client was registered; null when the store does not say.</summary>
    public DateTimeOffset? FirstSeen { get; internal init; }

    /// <summary>
    /// Whether a device asks (RFC 8628), which nobody here sees. The page shows <see cref="UserCode"/> and warns: somebody may have sent the user
    /// the code of another device.
    /// </summary>
    public bool IsDevice => UserCode is not null;

    /// <summary>The code that the device shows; null when no device asks.</summary>
    public string? UserCode { get; internal init; }

    /// <summary>Where the answer goes: a host, or the scheme of an app; empty for a device.</summary>
    public string RedirectHost { get; internal init; } = "";

    /// <summary>Whether the answer goes to a program on the user's computer.</summary>
    public bool IsLoopbackRedirect { get; internal init; }

    /// <summary>Whether the answer goes to whichever app has claimed a scheme.</summary>
    public bool IsPrivateUseRedirect { get; internal init; }

    /// <summary>Whether all the client's redirect URIs are on the user's computer.</summary>
    public bool OnlyLoopbackRedirects { get; internal init; }

    /// <summary>What is asked for, in the host's words.</summary>
    public IReadOnlyList<ConsentScope> Scopes { get; internal init; } = [];

    /// <summary>What the server has and the client does not ask for.</summary>
    public IReadOnlyList<ConsentScope> ScopesNotIncluded { get; internal init; } = [];

    /// <summary>Whether the user may grant some of the scopes and not others.</summary>
    public bool ChooseScopes { get; internal init; }

    /// <summary>What the tokens are for.</summary>
    public IReadOnlyList<ConsentResource> Resources { get; internal init; } = [];

    /// <summary>
    /// The organizations of the user (<see cref="IOrganizations"/>). With several, the form has the field <c>organization</c> with the id that
    /// the user chose; with one, the form's hidden fields have it. Empty = the access is for no organization.
    /// </summary>
    public IReadOnlyList<Organization> Organizations { get; internal init; } = [];

    /// <summary>Links that the client gave (home page, terms, policy), https; the logo is left out.</summary>
    public IReadOnlyList<ConsentLink> Links { get; internal init; } = [];

    /// <summary>Whether one of its links or its logo is on another host than its redirect URIs.</summary>
    public bool HasForeignLinks { get; internal init; }

    /// <summary>How long an access token will work.</summary>
    public TimeSpan AccessTokenLifetime { get; internal init; }

    /// <summary>How long the client may come back without asking; null when it gets no refresh token.</summary>
    public TimeSpan? RefreshTokenLifetime { get; internal init; }

    /// <param name="request">What was asked.</param>
    /// <param name="imitates">Whether the client uses the name of one of the host's own.</param>
    /// <param name="given">What the user lets the client do now; empty when it is not known.</param>
    /// <param name="settings">The host's words.</param>
    /// <param name="organizations">The user's; null = the host has none, or nobody is signed in.</param>
    internal static ConsentModel Of(
        AuthorizationRequest request,
        bool imitates,
        ScopeSet given,
        ServerSettings settings,
        IReadOnlyList<Organization>? organizations = null
    )
    {
        var options = settings.Options;
        var (client, uri) = (request.Client, request.RedirectUri);
        ConsentLink[] links =
        [
            .. new[] { ("client_uri", client.ClientUri), ("tos_uri", client.TosUri), ("policy_uri", client.PolicyUri) }
                // A store may hold what registration would refuse.
                .Where(l => l.Item2 is { } uri && UriText.IsPlainHttpsUrl(uri))
                .Select(l => new ConsentLink(l.Item1, l.Item2!, UriText.DisplayHost(l.Item2!))),
        ];
        var hosts = client.RedirectUris.Select(UriText.DisplayHost).ToHashSet(StringComparer.Ordinal);
        return new()
        {
            ServiceName = settings.ServiceName,
            ClientName = DisplayName.Of(client),
            ClientId = client.ClientId,
            Provenance = client.Provenance,
            IsTrusted = client.Trusted && client.Provenance == ClientProvenance.Api,
            ProvesItselfByKeys = client.ProvesItselfByKeys,
            ImitatesKnownClient = imitates,
            ClaimsTrust = client.IsSelfRegistered && Lookalikes.ClaimsTrust(client.ClientName),
            Org = client.Org,
            FirstSeen = client.CreatedAt == DateTimeOffset.UnixEpoch ? null : client.CreatedAt,
            UserCode = request.Device?.UserCode,
            RedirectHost = UriText.DisplayHost(uri),
            IsLoopbackRedirect = UriText.IsLoopback(uri),
            IsPrivateUseRedirect = request.Device is null && UriText.IsPrivateUse(uri),
            OnlyLoopbackRedirects = client.RedirectUris.Count > 0 && client.RedirectUris.All(UriText.IsLoopback),
            Scopes = [.. request.Scope.Select(s => ConsentScope.Of(s, options, given.Contains(s)))],
            ScopesNotIncluded =
            [
                .. options.Scopes.Where(s => !request.Scope.Contains(s.Name)).Select(s => ConsentScope.Of(s.Name, options)),
            ],
            ChooseScopes = options.Pages.ChooseScopes,
            Resources = [.. request.Resources.Select(r => ConsentResource.Of(r, settings.Resources))],
            Organizations = organizations ?? [],
            Links = links,
            // The answer to a device goes to no site.
            HasForeignLinks =
                request.Device is null
                && (
                    links.Any(l => !hosts.Contains(l.Host))
                    || (client.LogoUri is { } logo && UriText.IsPlainHttpsUrl(logo) && !hosts.Contains(UriText.DisplayHost(logo)))
                ),
            AccessTokenLifetime = options.AccessTokenLifetime,
            RefreshTokenLifetime = client.MayUse(OAuthGrantTypes.RefreshToken) ? TokenLifetimes.Of(client, options).RefreshToken : null,
        };
    }
}
