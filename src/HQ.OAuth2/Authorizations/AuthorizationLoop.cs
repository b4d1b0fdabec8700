using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>The loop around every pure step: read the row, decide, write it if its version is unchanged; otherwise start again.</summary>
internal sealed class AuthorizationLoop(IAuthorizationStore store, EventPublisher events, ILogger<AuthorizationLoop> logger)
{
    // After a lost swap the next round finds a spent turn or a redeemed code, which ends the loop; more rounds mean a broken store.
    private const int MaxRounds = 100;

    /// <summary>Runs a step against the row until its outcome is certain.</summary>
    /// <param name="id">The id of the row.</param>
    /// <param name="decide">The step. It is pure: it is called again with the new row after a lost swap.</param>
    /// <param name="missing">The error for a missing row.</param>
    /// <param name="what">The kind of token, for the log of a replay.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<Outcome<TokenGrant>> StepAsync(
        string id,
        Func<OAuthAuthorization, AuthorizationStep> decide,
        OAuthError missing,
        string what,
        CancellationToken ct
    )
    {
        var current = await FindAsync(id, ct);
        for (var round = 0; round < MaxRounds; round++)
        {
            if (current is null)
                return missing.Because("there is no such authorization (any more)");

            switch (decide(current))
            {
                case AuthorizationStep.Refuse(var error):
                    return error;
                case AuthorizationStep.Keep(var result, var turn):
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

        throw new InvalidOperationException(
            $"{store.GetType()} refused {MaxRounds} swaps of one row: does TryUpdateAsync compare the version?"
        );
    }

    public async ValueTask<OAuthAuthorization?> FindAsync(string id, CancellationToken ct) =>
        await FindStoredAsync(id, ct) is { } record ? Read(record) : null;

    /// <summary>Adds a row. If its id is taken, returns the stored row instead: its write id is another one.</summary>
    public async ValueTask<OAuthAuthorization> AddAsync(OAuthAuthorization authorization, CancellationToken ct)
    {
        try
        {
            await store.AddAsync(authorization.ToRecord(), ct);
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
    public ValueTask RemoveAsync(string id) => store.RemoveAsync(id, CancellationToken.None);

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

    /// <summary>The authorizations that a subject gave a client, newest first: at most one page of the store.</summary>
    public async ValueTask<IReadOnlyList<OAuthAuthorization>> ListAsync(string subject, string clientId, CancellationToken ct)
    {
        var page = await PageAsync(new(subject, clientId, limit: 1000), ct);
        return [.. page.Items.Reverse()];
    }

    /// <summary>A page of the store, without the rows that cannot be read.</summary>
    public async ValueTask<Page<OAuthAuthorization>> PageAsync(AuthorizationFilter by, CancellationToken ct)
    {
        var page = await StoredPageAsync(by, ct);
        return new([.. page.Items.Select(Read).OfType<OAuthAuthorization>()], page.Next);
    }

    private async ValueTask<bool> TrySwapAsync(OAuthAuthorization next, CancellationToken ct)
    {
        try
        {
            return await store.TryUpdateAsync(next.ToRecord(), ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // If the connection broke during the commit, the commit may still have succeeded. If our write is stored, it counts.
            if (IsOurs(await FindAsync(next.Id, ct), next))
                return true;
            throw;
        }
    }

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
