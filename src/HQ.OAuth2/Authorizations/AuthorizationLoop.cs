using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>The loop around every pure step: read the row, decide, write it if its version is unchanged; otherwise start again.</summary>
internal sealed class AuthorizationLoop(
    IAuthorizationStore store,
    RecentRows recent,
    EventPublisher events,
    ILogger<AuthorizationLoop> logger
)
{
    // After a lost swap the next round finds a spent turn or a redeemed code, which ends the loop; more rounds mean a broken store.
    private const int MaxRounds = 100;

    /// <summary>Runs a step against the row until its outcome is certain.</summary>
    /// <param name="id">The id of the row.</param>
    /// <param name="decide">The step. It is pure: it is called again with the new row after a lost swap.</param>
    /// <param name="missing">The error for a missing row.</param>
    /// <param name="what">The kind of token, for the log of a replay.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="permit">Asked once, for a token that passed every check: the error why the row may not be used; null = it may.</param>
    public async ValueTask<Outcome<TokenGrant>> StepAsync(
        string id,
        Func<OAuthAuthorization, AuthorizationStep> decide,
        OAuthError missing,
        string what,
        CancellationToken ct,
        Func<OAuthAuthorization, CancellationToken, ValueTask<OAuthError?>>? permit = null
    )
    {
        // Try a row that this process wrote a while ago without a read: the swap compares its version. Only a swap counts on it; every other
        // outcome, and a swap that lost, is decided on the stored row.
        AuthorizationStep.Swap? tried = null;
        if (recent.TryTake(id, out var remembered) && decide(remembered) is AuthorizationStep.Swap swap)
        {
            if (permit is not null && await permit(remembered, ct) is { } forbidden)
                return forbidden;
            permit = null;
            if (await TrySwapAsync(swap.Next, ct))
                return swap.Result;
            tried = swap;
        }

        var current = await FindAsync(id, ct);
        if (tried is not null && IsOurs(current, tried.Next))
            return tried.Result;
        for (var round = 0; round < MaxRounds; round++)
        {
            if (current is null)
                return missing.Because("there is no such authorization (any more)");

            var step = decide(current);
            if (permit is not null && step is AuthorizationStep.Keep or AuthorizationStep.Swap)
            {
                if (await permit(current, ct) is { } forbidden)
                    return forbidden;
                permit = null;
            }

            switch (step)
            {
                case AuthorizationStep.Refuse(var error):
                    return error;
                case AuthorizationStep.Keep(var result, null):
                    return result;
                case AuthorizationStep.Keep(var result, { } turn):
                    var live = current.Refresh!.Turn;
                    await events.PublishAsync(new OAuthEvent.RefreshTokenRetried(id, current.Subject, current.ClientId, turn, live));
                    return result;
                case AuthorizationStep.End(var error):
                    await RemoveAsync(id);
                    await events.PublishAsync(new OAuthEvent.TokenReplayed(id, current.Subject, current.ClientId, what));
                    return error;
                case AuthorizationStep.Swap(var next, var result):
                    if (await TrySwapAsync(next, ct))
                        return result;
                    current = await FindAsync(id, ct);
                    // The stored row is the one that we tried to write: our commit succeeded, only its answer was lost.
                    if (IsOurs(current, next))
                        return result;
                    break;
            }
        }

        throw TooManyRounds();
    }

    /// <summary>Changes a row until it is certain that the change, or a refusal, holds.</summary>
    /// <param name="id">The id of the row.</param>
    /// <param name="change">The change. It is pure, and called again after a lost swap; a row that stays as it is is not written.</param>
    /// <param name="ct">Cancels the first look, not a change that has begun.</param>
    /// <returns>The row as it is now; null when there is none.</returns>
    public async ValueTask<Outcome<OAuthAuthorization>?> ChangeAsync(
        string id,
        Func<OAuthAuthorization, Outcome<OAuthAuthorization>> change,
        CancellationToken ct
    )
    {
        var current = await FindAsync(id, ct);
        for (var round = 0; round < MaxRounds && current is not null; round++)
        {
            if (change(current).Failed(out var refused, out var next))
                return refused;
            if (next.Version == current.Version || await TrySwapAsync(next, CancellationToken.None))
                return next;
            current = await FindAsync(id, CancellationToken.None);
            if (IsOurs(current, next))
                return next;
        }

        return current is null ? null : throw TooManyRounds();
    }

    /// <summary>
    /// Notes the day on which a personal access token is used. Best effort: the caller gets its answer in any case, and the next use notes it.
    /// </summary>
    public async ValueTask NoteUseInPassingAsync(OAuthAuthorization row, DateTimeOffset now, TimeProvider time)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (row.IsFirstUse(today) && !await Patience.WaitAsync(NoteAsync, time))
            logger.UseNoteNotAwaited(row.ClientId, Patience.Longest);

        async Task NoteAsync()
        {
            try
            {
                // A caller that lost the swap finds the use noted.
                await ChangeAsync(row.Id, current => current.NoteUse(today), CancellationToken.None);
            }
            catch (Exception e)
            {
                logger.UseNotNoted(e, row.ClientId);
            }
        }
    }

    public async ValueTask<OAuthAuthorization?> FindAsync(string id, CancellationToken ct) =>
        await FindStoredAsync(id, ct) is { } record ? Read(record) : null;

    /// <summary>Adds a row. If its id is taken, returns the stored row instead: its write id is another one.</summary>
    public async ValueTask<OAuthAuthorization> AddAsync(OAuthAuthorization authorization, CancellationToken ct)
    {
        try
        {
            await store.AddAsync(authorization.ToRecord(), ct);
            recent.Wrote(authorization);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // As in TrySwapAsync: the stored row counts, whatever the store answered.
            if (await FindAsync(authorization.Id, ct) is { } stored)
                return stored;
            throw;
        }

        return authorization;
    }

    /// <summary>Removes a row. Once begun, the removal is not cancelled when the caller disconnects.</summary>
    public ValueTask RemoveAsync(string id)
    {
        recent.Forget(id);
        return store.RemoveAsync(id, CancellationToken.None);
    }

    /// <summary>The row as it is stored, so that a row with unreadable data can be removed too; null when there is none.</summary>
    public async ValueTask<AuthorizationRecord?> FindStoredAsync(string id, CancellationToken ct) =>
        await store.FindAsync(id, ct) is { } record && IsAskedFor(record, record.Id == id) ? record : null;

    /// <summary>A page of rows as they are stored, for the same reason.</summary>
    public async ValueTask<Page<AuthorizationRecord>> StoredPageAsync(AuthorizationFilter by, CancellationToken ct)
    {
        var page = await store.ListAsync(by, ct);
        return new(
            [.. page.Items.Where(r => IsAskedFor(r, (by.Subject ?? r.Subject) == r.Subject && (by.ClientId ?? r.ClientId) == r.ClientId))],
            page.Next
        );
    }

    /// <summary>A page of the store, without the rows that cannot be read.</summary>
    public async ValueTask<Page<OAuthAuthorization>> PageAsync(AuthorizationFilter by, CancellationToken ct)
    {
        var page = await StoredPageAsync(by, ct);
        return new([.. page.Items.Select(Read).OfType<OAuthAuthorization>()], page.Next);
    }

    private async ValueTask<bool> TrySwapAsync(OAuthAuthorization next, CancellationToken ct)
    {
        bool isSwapped;
        try
        {
            isSwapped = await store.TryUpdateAsync(next.ToRecord(), ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // A connection that broke during the commit says nothing about the commit. If our write is stored, it counts.
            if (!IsOurs(await FindAsync(next.Id, ct), next))
                throw;
            isSwapped = true;
        }

        if (isSwapped)
            recent.Wrote(next);
        return isSwapped;
    }

    private InvalidOperationException TooManyRounds() =>
        new($"{store.GetType()} refused {MaxRounds} swaps of one row: does TryUpdateAsync compare the version?");

    private static bool IsOurs(OAuthAuthorization? current, OAuthAuthorization next) =>
        current is not null && current.Version == next.Version && current.WriteId == next.WriteId;

    // A store that ignores case also finds another user's rows: leave them out and log it.
    private bool IsAskedFor(AuthorizationRecord record, bool isAskedFor)
    {
        if (!isAskedFor)
            logger.ForeignAuthorization(store.GetType().Name, record.Id);
        return isAskedFor;
    }

    private OAuthAuthorization? Read(AuthorizationRecord record)
    {
        try
        {
            return OAuthAuthorization.FromRecord(record);
        }
        catch (Exception e)
        {
            // No store is read here: any exception means that this version did not write the data.
            logger.UnreadableAuthorization(e, record.Id);
            return null;
        }
    }
}
