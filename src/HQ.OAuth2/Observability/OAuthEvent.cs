namespace HQ.OAuth2;

/// <summary>
/// Gets what an audit trail needs, after it is committed. It cannot undo what happened: an exception is logged and the answer goes out. The
/// answer waits 5 seconds for all listeners together; a listener that takes longer goes on, but the services of the request may be gone by
/// then. So an implementation queues or retries an event that must not be missed.
/// </summary>
public interface IOAuthEvents
{
    /// <summary>Called once for each event, in the request that caused it.</summary>
    ValueTask OnAsync(OAuthEvent happened);
}

/// <summary>Something that happened to an authorization or a client. None has a place for a code, a token or a secret.</summary>
public abstract record OAuthEvent
{
    private OAuthEvent() { }

    /// <summary>When, by the server's clock.</summary>
    public DateTimeOffset At { get; internal init; }

    /// <summary>A user, or a remembered consent, let a client in.</summary>
    /// <param name="AuthorizationId">The new authorization.</param>
    /// <param name="Subject">Who granted it.</param>
    /// <param name="ClientId">To which client.</param>
    /// <param name="Scope">What was granted.</param>
    /// <param name="Resources">For which resources.</param>
    /// <param name="RedirectHost">Where the answer went.</param>
    /// <param name="Asked">True when the user was asked now, false when an earlier answer was remembered.</param>
    public sealed record AuthorizationGranted(
        string AuthorizationId,
        string Subject,
        string ClientId,
        ScopeSet Scope,
        IReadOnlyList<string> Resources,
        string RedirectHost,
        bool Asked
    ) : OAuthEvent;

    /// <summary>A user said no.</summary>
    /// <param name="Subject">Who.</param>
    /// <param name="ClientId">To which client.</param>
    /// <param name="Scope">What it had asked for.</param>
    public sealed record AuthorizationRefused(string Subject, string ClientId, ScopeSet Scope) : OAuthEvent;

    /// <summary>Authorizations were taken back.</summary>
    /// <param name="By">Who did it.</param>
    /// <param name="AuthorizationId">Which one; null when it was all of a user or of a client.</param>
    /// <param name="Subject">Whose; null when it was all of a client.</param>
    /// <param name="ClientId">Which client's; null when it was all of a user.</param>
    /// <param name="Count">How many.</param>
    public sealed record AuthorizationRevoked(RevokedBy By, string? AuthorizationId, string? Subject, string? ClientId, int Count)
        : OAuthEvent;

    /// <summary>A code or a refresh token came again too late: its authorization is gone. Somebody may have stolen it.</summary>
    /// <param name="AuthorizationId">The authorization that ended.</param>
    /// <param name="Subject">Whose it was.</param>
    /// <param name="ClientId">Which client's it was.</param>
    /// <param name="Token">What came again, <c>code</c> or <c>refresh token</c>.</param>
    public sealed record TokenReplayed(string AuthorizationId, string Subject, string ClientId, string Token) : OAuthEvent;

    /// <summary>
    /// A refresh got the live token of the chain without a rotation, inside <see cref="HqOAuth2Options.RefreshTokenLeeway"/>. One of many
    /// processes of the client, a client whose answer was lost, or somebody who copied a token: many of them for one authorization are
    /// worth a look.
    /// </summary>
    /// <param name="AuthorizationId">The authorization.</param>
    /// <param name="Subject">Whose it is.</param>
    /// <param name="ClientId">Which client's it is.</param>
    /// <param name="Turn">The turn that was presented; equal to <paramref name="LiveTurn"/> when eight turns were spent inside the leeway.</param>
    /// <param name="LiveTurn">The turn that is live.</param>
    public sealed record RefreshTokenRetried(string AuthorizationId, string Subject, string ClientId, int Turn, int LiveTurn) : OAuthEvent;

    /// <summary>A client was registered.</summary>
    /// <param name="ClientId">Its id.</param>
    /// <param name="Provenance">By whom.</param>
    /// <param name="Org">Its organization; null = none.</param>
    /// <param name="RedirectUris">Where it may redirect to.</param>
    public sealed record ClientRegistered(string ClientId, ClientProvenance Provenance, string? Org, IReadOnlyList<string> RedirectUris)
        : OAuthEvent;

    /// <summary>
    /// A client's registration was changed; or its metadata document was, in what users' consents rest on (redirect URIs, authentication
    /// method, keys), as far as this process has seen the document before.
    /// </summary>
    /// <param name="ClientId">Its id.</param>
    public sealed record ClientChanged(string ClientId) : OAuthEvent;

    /// <summary>A client was removed, and with it all its authorizations.</summary>
    /// <param name="ClientId">Its id.</param>
    public sealed record ClientRemoved(string ClientId) : OAuthEvent;

    /// <summary>A client got a new secret.</summary>
    /// <param name="ClientId">Its id.</param>
    /// <param name="OthersEndAt">When its earlier secrets stop working.</param>
    public sealed record ClientSecretRotated(string ClientId, DateTimeOffset OthersEndAt) : OAuthEvent;
}

/// <summary>Who took an authorization back.</summary>
public enum RevokedBy
{
    /// <summary>The client itself (RFC 7009).</summary>
    Client,

    /// <summary>The user, on the list of connected apps.</summary>
    User,

    /// <summary>The host: an administrator, or its own code.</summary>
    Host,
}
