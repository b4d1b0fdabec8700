namespace HQ.OAuth2;

internal sealed partial record OAuthAuthorization
{
    /// <summary>
    /// Changes what the user allows while the authorization goes on. Tokens that were issued before are compared with the row, so they lose
    /// what is taken away.
    /// </summary>
    /// <returns>The next value of the row, the row itself when nothing changes, or <see cref="OAuthError.InvalidField"/>.</returns>
    public Outcome<OAuthAuthorization> Change(GrantChange change, DateTimeOffset now, ResourcePolicy policy)
    {
        var scope = change.Scope ?? Scope;
        if (scope.IsEmpty || !scope.IsSubsetOf(Scope))
            return OAuthError.InvalidField.About("scope", $"must be a part of '{Scope}', and not empty: remove the app instead");
        var resources = change.Resources is { } asked
            ? Resources.Where(r => asked.Contains(r, StringComparer.Ordinal)).ToArray()
            : Resources;
        if (resources.Count == 0 || (change.Resources is { } all && resources.Count != all.Distinct(StringComparer.Ordinal).Count()))
            return OAuthError.InvalidField.About(
                "resource",
                $"must be some of '{string.Join(' ', Resources)}', at least one: remove the app instead"
            );
        if (policy.ScopeMismatch(scope, resources) is not null)
            return OAuthError.InvalidField.About("scope", "has no meaning for the resources that remain: remove the app instead");
        if (change.ChangesEnd && change.EndsAt <= now)
            return OAuthError.InvalidField.About("ends_at", "must be in the future: remove the app instead");

        var next = this with
        {
            Scope = scope,
            Resources = resources,
            PausedAt = change.Paused switch
            {
                true => PausedAt ?? now,
                false => null,
                null => PausedAt,
            },
            EndsAt = change.ChangesEnd ? Whole(change.EndsAt) : EndsAt,
        };
        return IsSameGrant(next) ? this : next.Next();
    }

    /// <summary>Whether tokens of this authorization work now: the user has neither paused the app nor ended it.</summary>
    public bool IsUsable(DateTimeOffset now) => PausedAt is null && !HasEnded(now);

    private bool IsSameGrant(OAuthAuthorization next) =>
        next.Scope.Equals(Scope) && next.Resources.Count == Resources.Count && next.PausedAt == PausedAt && next.EndsAt == EndsAt;

    // Tokens and stores hold no fractions of a second.
    private static DateTimeOffset? Whole(DateTimeOffset? time) =>
        time is { } at ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()) : null;
}
