using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>The loop around every pure step: find the row, decide, swap it if nobody else has; if the swap lost, look again.</summary>
internal sealed class AuthorizationLoop(IAuthorizationStore store, EventPublisher events, ILogger<AuthorizationLoop> logger)
{
    // Who loses a swap finds a spent turn or a redeemed code next time, which ends the loop; more rounds mean a broken store.
    private const int MaxRounds = 100;

    /// <summary>Runs a step against the row until its outcome is certain.</summary>
    /// <param name="id">Which row.</param>
    /// <param name="decide">The step: pure, and called again with the row as it is when somebody else was faster.</param>
    /// <param name="missing">What a missing row means.</param>
    /// <param name="what">What is replayed when the step says so, for the log.</param>
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
                    logger.Retried(id, current.ClientId, turn, live);
                    HqOAuth2Telemetry.Retries.Add(1);
                    await events.PublishAsync(new OAuthEvent.RefreshTokenRetried(id, current.Subject, current.ClientId, turn, live));
                    return result;
                case AuthorizationStep.End(var error):
                    await RemoveAsync(id);
                    logger.Replayed(id, current.ClientId, what);
                    HqOAuth2Telemetry.Replays.Add(1, new KeyValuePair<string, object?>("token", what));
                    await events.PublishAsync(new OAuthEvent.TokenReplayed(id, current.Subject, current.ClientId, what));
                    return error;
                case AuthorizationStep.Swap(var next, var result):
                    if (await TrySwapAsync(next, ct))
                        return result;
                    current = await FindAsync(id, ct);
                    // The row that is there is the one we tried to write: only the answer of our own commit was lost.
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

    /// <summary>Adds a row, or finds the one that has its id already: another write id tells that it is not this one.</summary>
    public async ValueTask<OAuthAuthorization> AddAsync(OAuthAuthorization authorization, CancellationToken ct)
    {
        try
        {
            await store.AddAsync(authorization.ToRecord(), ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // As below: what is there counts, whatever the answer was.
            if (await FindAsync(authorization.Id, ct) is { } stored)
                return stored;
            throw;
        }

        return authorization;
    }

    /// <summary>Ends a row. A removal that has begun does not follow the caller's connection.</summary>
    public ValueTask RemoveAsync(string id) => store.RemoveAsync(id, CancellationToken.None);

    /// <summary>A row as it is stored, so that one whose data cannot be read can be removed too; null when there is none.</summary>
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

    /// <summary>The authorizations that a subject gave a client, newest first, as far as one page of the store goes.</summary>
    public async ValueTask<IReadOnlyList<OAuthAuthorization>> ListAsync(string subject, string clientId, CancellationToken ct)
    {
        var page = await PageAsync(new(subject, clientId, Limit: 1000), ct);
        return [.. page.Items.Reverse()];
    }

    /// <summary>A page of the store; what cannot be read is left out.</summary>
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
            // A connection that broke during the commit says nothing about the commit. If our write is there, it counts.
            if (IsOurs(await FindAsync(next.Id, ct), next))
                return true;
            throw;
        }
    }

    private static bool IsOurs(OAuthAuthorization? current, OAuthAuthorization next) =>
        current is not null && current.Version == next.Version && current.WriteId == next.WriteId;

    // A store that compares without regard to case finds another user's rows: they are nobody's business here.
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
            // No store is read in here: whatever is thrown, the data is not what this version writes.
            logger.UnreadableAuthorization(e, record.Id);
            return null;
        }
    }
}
