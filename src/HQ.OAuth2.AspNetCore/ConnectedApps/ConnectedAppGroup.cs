namespace HQ.OAuth2;

/// <summary>
/// Connected apps in groups for a page: by the organization that the access is for, then by facts that an app cannot make up, which are its
/// provenance and its redirect host, and only then by name. Apps that register again at each connection are one entry.
/// </summary>
internal sealed record ConnectedAppGroup(
    string? Organization,
    ClientProvenance Provenance,
    bool IsLoopback,
    bool IsDevice,
    bool IsPersonalTokens,
    string RedirectHost,
    IReadOnlyList<ConnectedAppEntry> Entries
)
{
    public IEnumerable<string> Ids => Entries.SelectMany(e => e.Ids);

    /// <summary>The groups of a list, those of the host's own clients first; the entries by their last use, the latest first.</summary>
    public static IReadOnlyList<ConnectedAppGroup> Of(IEnumerable<ConnectedApp> apps) =>
        [
            .. apps.GroupBy(a =>
                    (
                        a.Organization,
                        a.Provenance,
                        a.IsLoopbackRedirect,
                        a.IsDevice,
                        a.IsPersonalToken,
                        Place: a.IsLoopbackRedirect ? "" : a.RedirectHost
                    )
                )
                .OrderBy(g => g.Key.Organization, StringComparer.Ordinal)
                .ThenBy(g => g.Key.IsPersonalToken)
                .ThenBy(g => g.Key.Provenance)
                .ThenBy(g => g.Key.Place, StringComparer.Ordinal)
                .Select(g => new ConnectedAppGroup(
                    g.Key.Organization,
                    g.Key.Provenance,
                    g.Key.IsLoopbackRedirect,
                    g.Key.IsDevice,
                    g.Key.IsPersonalToken,
                    g.Key.Place,
                    Entered(g)
                )),
        ];

    private static List<ConnectedAppEntry> Entered(IEnumerable<ConnectedApp> apps) =>
        [
            .. apps.GroupBy(a =>
                    (
                        a.DisplayName,
                        Resources: string.Join(' ', a.Resources.Select(r => r.Identifier)),
                        // Each token is an entry, also if two have one name.
                        Token: a.IsPersonalToken ? a.AuthorizationId : ""
                    )
                )
                .Select(g => new ConnectedAppEntry([.. g]))
                .OrderByDescending(e => e.LastUsedAt ?? e.FirstGrantedAt),
        ];
}

/// <summary>
/// One app for a user: all authorizations with one name, for the same resources and the same organization; or one personal access token.
/// </summary>
/// <param name="Apps">The authorizations, one at least.</param>
internal sealed record ConnectedAppEntry(IReadOnlyList<ConnectedApp> Apps)
{
    public string Name => Apps[0].DisplayName;

    public ClientProvenance Provenance => Apps[0].Provenance;

    public bool IsPersonalToken => Apps[0].IsPersonalToken;

    public bool IsLoopback => Apps[0].IsLoopbackRedirect;

    /// <summary>Where it is; programs on a computer change their port each time.</summary>
    public string Place => IsLoopback ? "" : Apps[0].RedirectHost;

    public IReadOnlyList<ConsentScope> Scopes { get; } =
    [.. Apps.SelectMany(a => a.Scopes).DistinctBy(s => s.Name).OrderBy(s => s.Destructive)];

    public IReadOnlyList<ConsentResource> Resources => Apps[0].Resources;

    public DateTimeOffset FirstGrantedAt => Apps.Min(a => a.IssuedAt);

    public DateTimeOffset? LastUsedAt => Apps.Max(a => a.LastUsedAt);

    public int LiveSessions => Apps.Count(a => a.HasLiveTokens);

    /// <summary>Whether none of them can do anything now.</summary>
    public bool IsPaused => Apps.All(a => a.PausedAt is not null);

    /// <summary>When the last of them ends; null = one has no end.</summary>
    public DateTimeOffset? EndsAt => Apps.All(a => a.EndsAt is not null) ? Apps.Max(a => a.EndsAt) : null;

    public IEnumerable<string> Ids => Apps.Select(a => a.AuthorizationId);
}
