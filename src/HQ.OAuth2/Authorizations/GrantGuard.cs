using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>
/// Whether an authorization may still be used. A host without a policy and without organizations pays nothing, so what asks it is made only when
/// it is needed.
/// </summary>
internal sealed class GrantGuard(GrantSeams seams, IServiceProvider services)
{
    /// <summary>
    /// The error why an authorization may not be used; null when it may. An authorization that the host ends is removed.
    /// </summary>
    /// <exception cref="UnavailableException">The host did not answer: never taken for a yes.</exception>
    public ValueTask<OAuthError?> RefusalAsync(OAuthAuthorization row, CancellationToken ct) =>
        row.Organization is null && !seams.HasPolicy
            ? new((OAuthError?)null)
            : services.GetRequiredService<GrantQuestion>().AskAsync(row, ct);
}

/// <summary>Whether the host has a policy; the same for all requests. A container that cannot tell may have one.</summary>
internal sealed class GrantSeams(IServiceProvider services)
{
    public bool HasPolicy { get; } =
        services.GetService<IServiceProviderIsService>() is not { } known || known.IsService(typeof(IGrantPolicy));
}

/// <summary>Asks the host about an authorization, and ends the one that it ends.</summary>
internal sealed class GrantQuestion(GrantHost host, GrantAnswers answers, AuthorizationLoop authorizations, EventPublisher events)
{
    /// <inheritdoc cref="GrantGuard.RefusalAsync"/>
    public async ValueTask<OAuthError?> AskAsync(OAuthAuthorization row, CancellationToken ct)
    {
        if (!answers.TryGet(row.Id, out var decision))
        {
            decision = await host.DecideAsync(row, ct);
            answers.Set(row.Id, decision);
        }

        if (decision == GrantDecision.Allow)
            return null;
        if (decision == GrantDecision.Refuse)
            return OAuthError.GrantRefused;
        await authorizations.RemoveAsync(row.Id);
        await events.PublishAsync(new OAuthEvent.AuthorizationRevoked(RevokedBy.Policy, row.Id, row.Subject, row.ClientId, 1));
        return OAuthError.InvalidRefreshToken.Because("the host ended the authorization");
    }
}

/// <summary>The last answers of the host about authorizations, on this node, for 30 seconds.</summary>
internal sealed class GrantAnswers(TimeProvider time)
{
    private readonly BoundedCache<GrantDecision> answers = new(limit: 10_000, TimeSpan.FromSeconds(30));

    public bool TryGet(string id, out GrantDecision decision) => answers.TryGet(id, time.GetUtcNow(), out decision);

    public void Set(string id, GrantDecision decision) => answers.Set(id, decision, time.GetUtcNow());
}
