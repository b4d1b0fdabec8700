namespace HQ.OAuth2;

/// <summary>A genuine form of the page of connected apps: what the pressed button stands for is done to all authorizations of an entry.</summary>
internal sealed class ConnectedAppsForm(ConnectedApps apps, string subject, TimeProvider time)
{
    // A user reads no longer list, and each removal shows the rest.
    public const int MaxShown = 1000;

    private static readonly Dictionary<string, TimeSpan> ends = new(StringComparer.Ordinal)
    {
        ["hour"] = TimeSpan.FromHours(1),
        ["day"] = TimeSpan.FromDays(1),
        ["week"] = TimeSpan.FromDays(7),
        ["month"] = TimeSpan.FromDays(30),
    };

    private static readonly PageNote gone = new("done.gone");

    /// <summary>The ends that a user may choose, as the form names them.</summary>
    public static IEnumerable<string> Ends => ends.Keys.Append("none");

    /// <summary>The user's apps in their groups.</summary>
    public static async ValueTask<IReadOnlyList<ConnectedAppGroup>> GroupsAsync(ConnectedApps apps, string subject, CancellationToken ct) =>
        ConnectedAppGroup.Of((await apps.ListAsync(new(subject, null, MaxShown), ct)).Items);

    /// <summary>The entry that an authorization is in; null = none of this user.</summary>
    public static ConnectedAppEntry? EntryOf(IEnumerable<ConnectedAppGroup> groups, string? id) =>
        groups.SelectMany(g => g.Entries).FirstOrDefault(e => e.Ids.Contains(id, StringComparer.Ordinal));

    /// <summary>Does what the form says. A change of several authorizations that has begun runs to its end, even if the user disconnects.</summary>
    /// <returns>What the page says then, and the authorization whose details it shows; null = the list.</returns>
    public async ValueTask<(PageNote Note, string? App)> DoAsync(OAuthParameters form, CancellationToken ct)
    {
        if (form["all"] == "yes")
        {
            await apps.RevokeAllAsync(new(subject, null, MaxShown), RevokedBy.User, ct);
            return (new("done.all"), null);
        }

        var groups = await GroupsAsync(apps, subject, ct);
        if (form["group"] is { } group)
            return (await RemoveAsync(groups.FirstOrDefault(g => g.Ids.Contains(group))?.Ids, new("done.group")), null);
        if (form["entry"] is { } removed)
            return EntryOf(groups, removed) is { } entry
                ? (await RemoveAsync(entry.Ids, new("done.removed", entry.Name)), null)
                : (gone, null);
        if (EntryOf(groups, form["app"]) is not { } app)
            return (gone, null);
        return form["change"] switch
        {
            "narrow" => await NarrowAsync(app, form),
            "pause" => await ChangeAsync(app, "done.paused", new() { Paused = true }),
            "resume" => await ChangeAsync(app, "done.resumed", new() { Paused = false }),
            "end" when form["until"] == "none" => await ChangeAsync(app, "done.noend", new() { ChangesEnd = true }),
            "end" when form["until"] is { } until && ends.TryGetValue(until, out var left) => await ChangeAsync(
                app,
                "done.end",
                new() { ChangesEnd = true, EndsAt = time.GetUtcNow() + left }
            ),
            _ => (gone, null),
        };
    }

    private async ValueTask<PageNote> RemoveAsync(IEnumerable<string>? ids, PageNote done)
    {
        var any = false;
        foreach (var id in ids ?? [])
            any |= await apps.RevokeAsync(subject, id, RevokedBy.User, CancellationToken.None);
        return any ? done : gone;
    }

    /// <summary>Leaves each authorization what is ticked and what it has; an authorization that keeps nothing ends.</summary>
    private async ValueTask<(PageNote Note, string? App)> NarrowAsync(ConnectedAppEntry entry, OAuthParameters form)
    {
        var scopes = entry
            .Scopes.Select(s => s.Name)
            .Intersect(form.All("scope"), StringComparer.Ordinal)
            .ToHashSet(StringComparer.Ordinal);
        string[] resources = [.. entry.Resources.Select(r => r.Identifier).Intersect(form.All("resource"), StringComparer.Ordinal)];
        if (scopes.Count == 0 || resources.Length == 0)
            return (new("done.empty"), entry.Apps[0].AuthorizationId);
        string? left = null;
        foreach (var app in entry.Apps)
        {
            var scope = ScopeSet.Of(app.Scopes.Select(s => s.Name).Where(scopes.Contains));
            if (scope.IsEmpty)
            {
                await apps.RevokeAsync(subject, app.AuthorizationId, RevokedBy.User, CancellationToken.None);
                continue;
            }

            left ??= app.AuthorizationId;
            var change = new GrantChange { Scope = scope, Resources = resources };
            if ((await apps.ChangeAsync(subject, app.AuthorizationId, change, CancellationToken.None)).Failed(out _, out _))
                return (new("done.misfit"), app.AuthorizationId);
        }

        return (new("done.narrowed", entry.Name), left);
    }

    private async ValueTask<(PageNote Note, string? App)> ChangeAsync(ConnectedAppEntry entry, string done, GrantChange change)
    {
        string? left = null;
        foreach (var app in entry.Apps)
        {
            if (!(await apps.ChangeAsync(subject, app.AuthorizationId, change, CancellationToken.None)).Failed(out _, out var changed))
                left ??= changed.AuthorizationId;
        }

        return left is null ? (gone, null) : (new(done, entry.Name), left);
    }
}
