using System.Globalization;

namespace HQ.OAuth2;

/// <summary>What a consent page has to say about a request (RFC 6749 §10.2, RFC 7591 §5, OAuth 2.1 §7.9). Texts are cleaned, not encoded.</summary>
public sealed record ConsentModel
{
    private const int MaxNameLength = 64;

    internal ConsentModel() { }

    /// <summary>The client's name, cleaned and cut; its id when it has no name.</summary>
    public required string ClientName { get; init; }

    /// <summary>The client's id.</summary>
    public required string ClientId { get; init; }

    /// <summary>How far the name can be trusted.</summary>
    public required ClientProvenance Provenance { get; init; }

    /// <summary>Whether the client registered itself, so that its name is only its own word.</summary>
    public bool IsSelfRegistered => Provenance != ClientProvenance.Api;

    /// <summary>Whether a self-registered client calls itself what one of the host's own clients calls itself.</summary>
    public required bool ImitatesKnownClient { get; init; }

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

    /// <summary>What it is asked for, by name or identifier.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>Links that the client gave (home page, terms, policy), https; the logo is left out.</summary>
    public required IReadOnlyList<string> Links { get; init; }

    /// <summary>Whether one of its links or its logo is on another host than its redirect URIs.</summary>
    public required bool HasForeignLinks { get; init; }

    /// <summary>How long an access token will work.</summary>
    public required TimeSpan AccessTokenLifetime { get; init; }

    /// <summary>How long the client may come back without asking; null when it gets no refresh token.</summary>
    public required TimeSpan? RefreshTokenLifetime { get; init; }

    internal static ConsentModel Of(AuthorizationRequest request, bool imitates, HqOAuth2Options options)
    {
        var (client, uri) = (request.Client, request.RedirectUri);
        string[] links = [.. new[] { client.ClientUri, client.TosUri, client.PolicyUri }.OfType<string>()];
        var hosts = client.RedirectUris.Select(RedirectUris.DisplayHost).ToHashSet(StringComparer.Ordinal);
        var resources = new ResourcePolicy(options);
        return new()
        {
            ClientName = DisplayName(client.ClientName) is { Length: > 0 } name ? name : client.ClientId,
            ClientId = client.ClientId,
            Provenance = client.Provenance,
            ImitatesKnownClient = imitates,
            Org = client.Org,
            FirstSeen = client.CreatedAt == DateTimeOffset.UnixEpoch ? null : client.CreatedAt,
            RedirectHost = RedirectUris.DisplayHost(uri),
            IsLoopbackRedirect = RedirectUris.IsLoopback(uri),
            IsPrivateUseRedirect = !RedirectUris.IsLoopback(uri) && !RedirectUris.IsHttps(uri),
            OnlyLoopbackRedirects = client.RedirectUris.All(RedirectUris.IsLoopback),
            Scopes = [.. request.Scope.Select(s => Describe(s, options))],
            Resources = [.. request.Resources.Select(r => resources.Name(r) ?? r)],
            Links = links,
            HasForeignLinks = links.Append(client.LogoUri).OfType<string>().Any(l => !hosts.Contains(RedirectUris.DisplayHost(l))),
            AccessTokenLifetime = options.AccessTokenLifetime,
            RefreshTokenLifetime = client.MayUse(OAuthGrantTypes.RefreshToken) ? TokenLifetimes.Of(client, options).RefreshToken : null,
        };
    }

    // The name is the attacker's to choose: nothing in it may turn the text around it.
    private static string DisplayName(string? name)
    {
        var visible = (name ?? "").EnumerateRunes().Where(IsVisible).ToList();
        var clean = string.Concat(visible.Take(MaxNameLength)).Trim();
        return visible.Count <= MaxNameLength ? clean : clean + "…";
    }

    private static bool IsVisible(System.Text.Rune rune) =>
        System.Text.Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );

    private static ConsentScope Describe(string name, HqOAuth2Options options)
    {
        var known = options.Scopes.FirstOrDefault(s => s.Name == name);
        return new(name, known?.Description, known?.Destructive ?? false);
    }
}

/// <summary>One scope on a consent page.</summary>
/// <param name="Name">The token.</param>
/// <param name="Description">What it lets an app do; null when the host has no words for it.</param>
/// <param name="Destructive">Whether it lets an app destroy something.</param>
public sealed record ConsentScope(string Name, string? Description, bool Destructive);
