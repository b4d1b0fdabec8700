namespace HQ.OAuth2;

/// <summary>
/// What users have allowed, and how it is taken back: for the list of connected apps, for administrators, and for the host's own code, for
/// instance after a password was changed. What is revoked here is dead at once: refresh tokens, access tokens and the remembered consent.
/// </summary>
public sealed class ConnectedApps
{
    private const int MaxPage = 1000;

    // Rows that are added as fast as they are removed do not keep a revocation going for ever.
    private const int MaxPasses = 5;

    private readonly AuthorizationLoop authorizations;
    private readonly ClientDirectory clients;
    private readonly EventPublisher events;
    private readonly ServerSettings settings;
    private readonly TimeProvider time;

    internal ConnectedApps(
        AuthorizationLoop authorizations,
        ClientDirectory clients,
        EventPublisher events,
        ServerSettings settings,
        TimeProvider time
    ) => (this.authorizations, this.clients, this.events, this.settings, this.time) = (authorizations, clients, events, settings, time);

    /// <summary>What counts now, oldest first: rows of clients that are gone, and codes that nobody redeemed, are left out.</summary>
    /// <param name="by">Whose, or which client's; at least one of them.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>As many as were asked for, unless it is the last page.</returns>
    public async ValueTask<Page<ConnectedApp>> ListAsync(AuthorizationFilter by, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (IsNobodys(by))
            return new([], null);
        var now = time.GetUtcNow();
        var items = new List<ConnectedApp>();
        var next = by.After;
        do
        {
            var page = await authorizations.PageAsync(new(by.Subject, by.ClientId, by.Limit - items.Count, next), ct);
            foreach (var row in page.Items.Where(r => r.IsLive(now)))
            {
                if (await clients.FindOrNullAsync(row.ClientId, ct) is { } client && row.IsOf(client))
                    items.Add(ConnectedApp.Of(row, client, settings, now));
            }

            next = page.Next;
        } while (next is not null && items.Count < by.Limit);
        return new(items, next);
    }

    /// <summary>
    /// Changes one authorization of a user that goes on: narrows it, pauses or resumes it, or sets its end. It holds for every token that this
    /// server checks from then on; an API that verifies tokens by itself sees it when the token ends.
    /// </summary>
    /// <param name="subject">Whose it must be.</param>
    /// <param name="authorizationId">Which one.</param>
    /// <param name="change">The change.</param>
    /// <param name="ct">Cancels the search, not a change that has begun.</param>
    /// <returns>
    /// The app as it is now; <see cref="OAuthError.NotFound"/> when there is none with this id, or when it is somebody else's; an
    /// <c>invalid_request</c> that names the field for a change that adds something, or leaves nothing.
    /// </returns>
    public async ValueTask<Outcome<ConnectedApp>> ChangeAsync(
        string subject,
        string authorizationId,
        GrantChange change,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(change);
        var now = time.GetUtcNow();
        if (!OAuthAuthorization.IsId(authorizationId))
            return OAuthError.NotFound;
        var before = 0L;
        var changed = await authorizations.ChangeAsync(
            authorizationId,
            row =>
            {
                before = row.Version;
                return row.Subject == subject ? row.Change(change, now, settings.Resources) : OAuthError.NotFound;
            },
            ct
        );
        if (changed is not { } outcome)
            return OAuthError.NotFound;
        if (outcome.Failed(out var refused, out var row))
            return refused;
        // What is committed is told, also if the client cannot be looked up afterwards.
        if (row.Version != before)
            await events.PublishAsync(
                new OAuthEvent.AuthorizationChanged
                {
                    AuthorizationId = row.Id,
                    Subject = row.Subject,
                    ClientId = row.ClientId,
                    Scope = row.Scope,
                    Resources = row.Resources,
                    IsPaused = row.PausedAt is not null,
                    EndsAt = row.EndsAt,
                }
            );
        if (await clients.FindOrNullAsync(row.ClientId, ct) is not { } client || !row.IsOf(client))
            return OAuthError.NotFound;
        return ConnectedApp.Of(row, client, settings, now);
    }

    /// <summary>Ends one authorization of a user, for the host: the event says <see cref="RevokedBy.Host"/>.</summary>
    /// <param name="subject">Whose it must be.</param>
    /// <param name="authorizationId">Which one.</param>
    /// <param name="ct">Cancels the search, not a removal that has begun.</param>
    /// <returns>False when there is none with this id, or when it is somebody else's: nobody is told which.</returns>
    public ValueTask<bool> RevokeAsync(string subject, string authorizationId, CancellationToken ct) =>
        RevokeAsync(subject, authorizationId, RevokedBy.Host, ct);

    /// <summary>Ends everything a user has allowed, for instance when the password changes or the account is closed.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="ct">Cancels before the first removal. After that the revocation runs to its end.</param>
    /// <returns>How many authorizations there were.</returns>
    public ValueTask<int> RevokeForSubjectAsync(string subject, CancellationToken ct) =>
        RevokeAllAsync(new(subject, null, limit: MaxPage), RevokedBy.Host, ct);

    /// <summary>Ends everything that any user has allowed a client.</summary>
    /// <param name="clientId">Which client's.</param>
    /// <param name="ct">Cancels before the first removal. After that the revocation runs to its end.</param>
    /// <returns>How many authorizations there were.</returns>
    public ValueTask<int> RevokeForClientAsync(string clientId, CancellationToken ct) =>
        RevokeAllAsync(new(null, clientId, limit: MaxPage), RevokedBy.Host, ct);

    internal async ValueTask<bool> RevokeAsync(string subject, string authorizationId, RevokedBy who, CancellationToken ct)
    {
        if (
            !OAuthAuthorization.IsId(authorizationId)
            || await authorizations.FindStoredAsync(authorizationId, ct) is not { } row
            || row.Subject != subject
        )
            return false;
        await authorizations.RemoveAsync(row.Id);
        await events.PublishAsync(new OAuthEvent.AuthorizationRevoked(who, row.Id, subject, row.ClientId, 1));
        return true;
    }

    // No row has such a subject or client, and not every store can be asked for it.
    private static bool IsNobodys(AuthorizationFilter by) =>
        (by.Subject is { } subject && Subjects.Problem(subject) is not null) || (by.ClientId is { } client && !Client.CanBeId(client));

    internal async ValueTask<int> RevokeAllAsync(AuthorizationFilter by, RevokedBy who, CancellationToken ct)
    {
        if (IsNobodys(by))
            return 0;
        // The caller may cancel the first look only: a revocation that has begun runs to its end.
        var page = await authorizations.StoredPageAsync(by, ct);
        var count = 0;
        try
        {
            // A row that was added meanwhile may stand before the cursor, so the list is read again until it is empty.
            for (var pass = 1; await RemoveFromAsync(page) && pass < MaxPasses; pass++)
                page = await authorizations.StoredPageAsync(by, CancellationToken.None);
        }
        catch (Exception) when (count > 0)
        {
            // The caller gets the failure and may repeat; what has ended is recorded all the same.
            await RecordAsync();
            throw;
        }

        await RecordAsync();
        return count;

        // Removes a page and those after it; false when there was no row.
        async ValueTask<bool> RemoveFromAsync(Page<AuthorizationRecord> at)
        {
            var before = count;
            while (true)
            {
                foreach (var row in at.Items)
                {
                    await authorizations.RemoveAsync(row.Id);
                    count++;
                }

                if (at.Next is null)
                    return count > before;
                at = await authorizations.StoredPageAsync(new(by.Subject, by.ClientId, by.Limit, at.Next), CancellationToken.None);
            }
        }

        ValueTask RecordAsync() => events.PublishAsync(new OAuthEvent.AuthorizationRevoked(who, null, by.Subject, by.ClientId, count));
    }
}
