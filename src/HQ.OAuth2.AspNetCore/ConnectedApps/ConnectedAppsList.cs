using System.Globalization;

namespace HQ.OAuth2;

/// <summary>The list of a user's connected apps.</summary>
internal static class ConnectedAppsList
{
    public static Html Render(IReadOnlyList<ConnectedAppGroup> groups, ConnectedAppsView view)
    {
        var texts = view.Texts;
        var newToken = view.NewTokenPath is { } path
            ? Html.Of($"<p><a class=\"button\" href=\"{path}\">{texts["apps.token"]}</a></p>")
            : Html.None;
        if (groups.Count == 0)
            return Html.Of($"<p>{texts["apps.none"]}</p>{newToken}");
        var hasOrganizations = groups.Any(g => g.Organization is not null);
        var sections = groups
            .Select((group, index) => (group, index))
            .GroupBy(g => g.group.Organization)
            .Select(g =>
                Html.Of(
                    $"{(hasOrganizations ? Organization(g.Key, view) : Html.None)}{g.Select(s => Group(s.group, s.index, hasOrganizations ? "h3" : "h2", view))}"
                )
            );
        return Html.Of(
            $"<p>{texts["apps.effect"]}</p>{sections}{newToken}{view.Removal(texts["apps.remove.all"], texts["apps.remove.all.sure"], texts["apps.remove.all.yes"], "all", "yes")}"
        );
    }

    private static Html Organization(string? organization, ConnectedAppsView view) =>
        organization is null
            ? Html.Of($"<h2 class=\"place\">{view.Texts["apps.organization.none"]}</h2>")
            : Html.Of($"<h2 class=\"place\">{view.Texts.Of("apps.organization", Html.Of($"<bdi>{view.NameOf(organization)}</bdi>"))}</h2>");

    private static Html Group(ConnectedAppGroup group, int index, string level, ConnectedAppsView view)
    {
        var (texts, id) = (view.Texts, "group" + Number(index));
        var all =
            group.Entries.Count == 1
                ? Html.None
                : view.Removal(
                    texts["apps.remove.group"],
                    texts.Plain(group.IsPersonalTokens ? "apps.remove.tokens.sure" : "apps.remove.group.sure", Number(group.Entries.Count)),
                    texts["apps.remove.group.yes"],
                    "group",
                    group.Entries[0].Apps[0].AuthorizationId
                );
        return Html.Of(
            $"""
            <section><{level} class="place">{view.Place(group)}</{level}>
            <p class="soft">{texts["apps.provenance." + (group.IsPersonalTokens ? "personal" : group.Provenance.Name())]}</p>
            {group.Entries.Select((e, i) => Entry(e, $"{id}-{Number(i)}", level == "h2" ? "h3" : "h4", view))}{all}</section>
            """
        );
    }

    private static Html Entry(ConnectedAppEntry entry, string id, string level, ConnectedAppsView view)
    {
        var texts = view.Texts;
        return Html.Of(
            $"""
            <article class="app" aria-labelledby="{id}"><div class="name">{Monogram.Of(entry.Name, entry.Place)}<{level} id="{id}"><bdi>{entry.Name}</bdi></{level}>{view.State(entry)}</div>
            {view.Alarm(entry)}<ul class="scopes">{entry.Scopes.Select(texts.ScopeItem)}</ul>
            <p class="soft">{Facts(entry, texts)}</p>
            <div class="acts"><a href="{view.Path}?app={entry.Apps[0].AuthorizationId}" aria-describedby="{id}">{texts["apps.details"]}</a>
            {view.Removal(
                texts["apps.remove"],
                texts.Plain("apps.remove.sure", entry.Name),
                texts["apps.remove.yes"],
                "entry",
                entry.Apps[0].AuthorizationId
            )}</div></article>
            """
        );
    }

    private static Html Facts(ConnectedAppEntry entry, PageTexts texts) =>
        entry.Resources.All(r => r is { IsService: true, Name: null })
            ? Use(entry, texts)
            : Html.Of(
                $"{texts.Plain("apps.access", string.Join(", ", entry.Resources.Select(r => r.Name ?? r.Place)))} {Use(entry, texts)}"
            );

    /// <summary>Since when an app has access, and how it is used.</summary>
    public static Html Use(ConnectedAppEntry entry, PageTexts texts)
    {
        var used = entry.LastUsedAt is { } at ? texts.Of("apps.used", texts.Day(at)) : texts.Of("apps.unused");
        if (entry.Apps[0].ExpiresAt is { } end)
            return Html.Of(
                $"{texts.Of("token.since", texts.Day(entry.FirstGrantedAt))} {used} {texts.Of("token.expires", texts.Day(end))}"
            );
        var sessions = entry.LiveSessions switch
        {
            0 => texts["apps.sessions.none"],
            1 => texts["apps.sessions.one"],
            var n => texts.Plain("apps.sessions", Number(n)),
        };
        return Html.Of($"{texts.Of("apps.since", texts.Day(entry.FirstGrantedAt))} {used} {sessions}");
    }

    private static string Number(int n) => n.ToString(CultureInfo.InvariantCulture);
}
