namespace HQ.OAuth2;

/// <summary>
/// Connected apps in groups for a page: first by facts that an app cannot make up, which are its provenance and its redirect host, and only then
/// by name. Apps that register again at each connection are one entry.
/// </summary>
internal sealed record ConnectedAppGroup(
    ClientProvenance Provenance,
    bool IsLoopback,
    bool IsDevice,
    string RedirectHost,
    IReadOnlyList<ConnectedAppEntry> Entries
)
{
    public IEnumerable<string> Ids => Entries.SelectMany(e => e.Ids);

    /// <summary>The groups of a list, those of the host's own clients first; the entries by their last use, the latest first.</summary>
    public static IReadOnlyList<ConnectedAppGroup> Of(IEnumerable<ConnectedApp> apps) =>
        [
            .. apps.GroupBy(a => (a.Provenance, a.IsLoopbackRedirect, a.IsDevice, Place: a.IsLoopbackRedirect ? "" : a.RedirectHost))
                .OrderBy(g => g.Key.Provenance)
                .ThenBy(g => g.Key.Place, StringComparer.Ordinal)
                .Select(g => new ConnectedAppGroup(g.Key.Provenance, g.Key.IsLoopbackRedirect, g.Key.IsDevice, g.Key.Place, Entered(g))),
        ];

    private static List<ConnectedAppEntry> Entered(IEnumerable<ConnectedApp> apps) =>
        [
            .. apps.GroupBy(a => (a.DisplayName, Resources: string.Join(' ', a.Resources.Select(r => r.Identifier))))
                .Select(g => ConnectedAppEntry.Of([.. g]))
                .OrderByDescending(e => e.LastUsedAt ?? e.FirstGrantedAt),
        ];
}

/// <summary>One app for a user: all logins with one name for the same resources.</summary>
internal sealed record ConnectedAppEntry(
    string Name,
    IReadOnlyList<ConsentScope> Scopes,
    IReadOnlyList<ConsentResource> Resources,
    DateTimeOffset FirstGrantedAt,
    DateTimeOffset? LastUsedAt,
    int LiveSessions,
    IReadOnlyList<string> Ids
)
{
    public static ConnectedAppEntry Of(IReadOnlyList<ConnectedApp> apps) =>
        new(
            apps[0].DisplayName,
            [.. apps.SelectMany(a => a.Scopes).DistinctBy(s => s.Name)],
            apps[0].Resources,
            apps.Min(a => a.IssuedAt),
            apps.Max(a => a.LastUsedAt),
            apps.Count(a => a.HasLiveTokens),
            [.. apps.Select(a => a.AuthorizationId)]
        );
}
