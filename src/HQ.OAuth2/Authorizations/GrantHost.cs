using System.Security.Claims;

namespace HQ.OAuth2;

/// <summary>What the host says about users and their authorizations. A question that it does not answer is never taken for a yes.</summary>
internal sealed class GrantHost(
    IEnumerable<IGrantPolicy> policies,
    IEnumerable<IOrganizations> organizations,
    IEnumerable<IPersonalTokenPolicy> personalTokens,
    IEnumerable<IAuthenticationContexts> contexts,
    TimeProvider time
)
{
    private const int MaxNoteLength = 400;

    private (string Subject, IReadOnlyList<Organization> Found)? last;

    /// <summary>The organizations of a user, read once for each request; null for a host without organizations.</summary>
    /// <exception cref="UnavailableException">The host did not answer.</exception>
    public async ValueTask<IReadOnlyList<Organization>?> OrganizationsAsync(string subject, CancellationToken ct)
    {
        if (organizations.LastOrDefault() is not { } host)
            return null;
        if (last is { } known && known.Subject == subject)
            return known.Found;
        var found = await AskAsync(() => host.ListAsync(subject, ct), ct);
        last = (subject, found);
        return found;
    }

    /// <summary>Whether an approval for this organization may be given: it is one of the user's, or the user has none and it is null.</summary>
    /// <exception cref="UnavailableException">The host did not answer.</exception>
    public async ValueTask<bool> MayActForAsync(string subject, string? organization, CancellationToken ct) =>
        await OrganizationsAsync(subject, ct) is { Count: > 0 } own ? own.Any(o => o.Id == organization) : organization is null;

    /// <summary>The scopes that a user may give to a personal access token; null = all.</summary>
    /// <exception cref="UnavailableException">The host did not answer.</exception>
    public async ValueTask<ScopeSet?> PersonalScopesAsync(ClaimsPrincipal user, CancellationToken ct) =>
        personalTokens.LastOrDefault() is { } policy ? await AskAsync(() => policy.ScopesAsync(user, ct), ct) : null;

    /// <summary>What the host's policy keeps with a new authorization; null = nothing.</summary>
    /// <exception cref="UnavailableException">The host did not answer.</exception>
    public async ValueTask<string?> NoteAsync(ClaimsPrincipal user, CancellationToken ct)
    {
        if (policies.LastOrDefault() is not { } policy)
            return null;
        var note = await AskAsync(() => policy.NoteAsync(user, ct), ct);
        return note?.Length > MaxNoteLength
            ? throw new InvalidOperationException($"{policy.GetType()} noted {note.Length} characters, at most {MaxNoteLength} are kept.")
            : note;
    }

    /// <summary>The contexts that the host's sign-in can reach (<c>acr</c>); null for a host that does not tell them apart.</summary>
    public IReadOnlyList<string>? Contexts => contexts.LastOrDefault()?.Supported;

    /// <summary>The context that the session of a user has reached; null = none.</summary>
    /// <param name="user">The user of the host's session.</param>
    /// <param name="asked">The contexts that the client asks for.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="UnavailableException">The host did not answer.</exception>
    public async ValueTask<string?> ContextAsync(ClaimsPrincipal user, IReadOnlyList<string> asked, CancellationToken ct)
    {
        if (contexts.LastOrDefault() is not { } host)
            return null;
        var reached = await AskAsync(() => host.FindAsync(user, asked, ct), ct);
        return reached is null || AcrValues.IsValue(reached)
            ? reached
            : throw new InvalidOperationException($"{host.GetType()} found a context that no parameter and no challenge can name.");
    }

    /// <summary>Whether an authorization may be used: its user still has its organization, and the policy allows it.</summary>
    /// <exception cref="UnavailableException">The host did not answer.</exception>
    public async ValueTask<GrantDecision> DecideAsync(OAuthAuthorization row, CancellationToken ct)
    {
        // A host without organizations knows nothing of those of earlier rows.
        if (
            row.Organization is not null
            && await OrganizationsAsync(row.Subject, ct) is { } own
            && own.All(organization => organization.Id != row.Organization)
        )
            return GrantDecision.End;
        return policies.LastOrDefault() is { } policy ? await AskAsync(() => policy.DecideAsync(new(row), ct), ct) : GrantDecision.Allow;
    }

    // The host may throw before it returns a task, so the call itself is inside.
    private async ValueTask<T> AskAsync<T>(Func<ValueTask<T>> question, CancellationToken ct)
    {
        try
        {
            return await question().AsTask().WaitAsync(Patience.Longest, time, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw new UnavailableException("The host did not answer a question about an authorization.", e);
        }
    }
}
