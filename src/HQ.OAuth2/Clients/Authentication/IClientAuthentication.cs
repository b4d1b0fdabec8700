namespace HQ.OAuth2;

/// <summary>One way for a client to prove its identity (RFC 6749 §2.3). Hosts can add their own.</summary>
public interface IClientAuthentication
{
    /// <summary>Its name in <c>token_endpoint_auth_method</c>.</summary>
    string Method { get; }

    /// <summary>The proof this request carries by this method; null when the request does not use it.</summary>
    ClientProof? Read(OAuthRequest request);
}

/// <summary>The client that a request claims to come from, and how that is checked.</summary>
/// <param name="clientId">The client it names; null when the proof is too malformed to name one, which then fails.</param>
public abstract class ClientProof(string? clientId)
{
    /// <summary>The client it names.</summary>
    public string? ClientId { get; } = clientId;

    /// <summary>Whether its check computes for long. One that waits for another server takes no place from those that do.</summary>
    internal virtual bool IsSlow => true;

    /// <summary>
    /// Whether the proof is known to be right without slow work: cached from an earlier request, for instance, or a signature that nobody can
    /// guess. If true, <see cref="IsOfAsync"/> is not called, and no limit on guesses applies to the request. False by default; then only
    /// <c>limits:failedAuthenticationsPerMinute</c> checks of one client and address run at the same time (RFC 6749 §2.3.1).
    /// </summary>
    public virtual ValueTask<bool> IsKnownAsync(Client client, CancellationToken ct) => new(false);

    /// <summary>Whether it proves that the request comes from this client, whose id is <see cref="ClientId"/>.</summary>
    public abstract ValueTask<bool> IsOfAsync(Client client, CancellationToken ct);

    /// <summary>
    /// The refusal of the proof; null when it is right. By default <see cref="OAuthError.InvalidClient"/> when <see cref="IsOfAsync"/> says no.
    /// Override it to give a reason for the log (<see cref="OAuthError.Because"/>), or to answer
    /// <see cref="OAuthError.TemporarilyUnavailable"/> when nobody can tell now. Only <c>invalid_client</c> counts as a wrong guess.
    /// </summary>
    public virtual async ValueTask<OAuthError?> CheckAsync(Client client, CancellationToken ct) =>
        await IsOfAsync(client, ct) ? null : OAuthError.InvalidClient.Because("the credentials are wrong or expired");
}
