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
public abstract class OAuthEvent
{
    private OAuthEvent() { }

    /// <summary>When, by the server's clock.</summary>
    public DateTimeOffset At { get; internal set; }

    /// <summary>A user, or a remembered consent, let a client in.</summary>
    public sealed class AuthorizationGranted : OAuthEvent
    {
        internal AuthorizationGranted(
            string authorizationId,
            string subject,
            string clientId,
            ScopeSet scope,
            IReadOnlyList<string> resources,
            string redirectHost,
            bool asked,
            string? organization
        ) =>
            (AuthorizationId, Subject, ClientId, Scope, Resources, RedirectHost, Asked, Organization) = (
                authorizationId,
                subject,
                clientId,
                scope,
                resources,
                redirectHost,
                asked,
                organization
            );

        /// <summary>The new authorization.</summary>
        public string AuthorizationId { get; }

        /// <summary>Who granted it.</summary>
        public string Subject { get; }

        /// <summary>To which client.</summary>
        public string ClientId { get; }

        /// <summary>What was granted.</summary>
        public ScopeSet Scope { get; }

        /// <summary>For which resources.</summary>
        public IReadOnlyList<string> Resources { get; }

        /// <summary>Where the answer went; empty for a device, which asks for it (RFC 8628).</summary>
        public string RedirectHost { get; }

        /// <summary>True when the user was asked now, false when an earlier answer was remembered.</summary>
        public bool Asked { get; }

        /// <summary>The organization it is for; null when it is for none.</summary>
        public string? Organization { get; }
    }

    /// <summary>A user changed what an app may do while it stays connected.</summary>
    public sealed class AuthorizationChanged : OAuthEvent
    {
        internal AuthorizationChanged() { }

        /// <summary>The authorization.</summary>
        public string AuthorizationId { get; internal init; } = "";

        /// <summary>Whose it is.</summary>
        public string Subject { get; internal init; } = "";

        /// <summary>Which client's it is.</summary>
        public string ClientId { get; internal init; } = "";

        /// <summary>The scope that it has now.</summary>
        public ScopeSet Scope { get; internal init; } = ScopeSet.Empty;

        /// <summary>The resources that it is for now.</summary>
        public IReadOnlyList<string> Resources { get; internal init; } = [];

        /// <summary>Whether the user has paused the app.</summary>
        public bool IsPaused { get; internal init; }

        /// <summary>The end that the user set; null = none.</summary>
        public DateTimeOffset? EndsAt { get; internal init; }
    }

    /// <summary>A user said no.</summary>
    public sealed class AuthorizationRefused : OAuthEvent
    {
        internal AuthorizationRefused(string subject, string clientId, ScopeSet scope) =>
            (Subject, ClientId, Scope) = (subject, clientId, scope);

        /// <summary>Who.</summary>
        public string Subject { get; }

        /// <summary>To which client.</summary>
        public string ClientId { get; }

        /// <summary>What it had asked for.</summary>
        public ScopeSet Scope { get; }
    }

    /// <summary>Authorizations were taken back.</summary>
    public sealed class AuthorizationRevoked : OAuthEvent
    {
        internal AuthorizationRevoked(RevokedBy by, string? authorizationId, string? subject, string? clientId, int count) =>
            (By, AuthorizationId, Subject, ClientId, Count) = (by, authorizationId, subject, clientId, count);

        /// <summary>Who did it.</summary>
        public RevokedBy By { get; }

        /// <summary>Which one; null when it was all of a user or of a client.</summary>
        public string? AuthorizationId { get; }

        /// <summary>Whose; null when it was all of a client.</summary>
        public string? Subject { get; }

        /// <summary>Which client's; null when it was all of a user.</summary>
        public string? ClientId { get; }

        /// <summary>How many.</summary>
        public int Count { get; }
    }

    /// <summary>A code or a refresh token came again too late: its authorization is gone. Somebody may have stolen it.</summary>
    public sealed class TokenReplayed : OAuthEvent
    {
        internal TokenReplayed(string authorizationId, string subject, string clientId, string token) =>
            (AuthorizationId, Subject, ClientId, Token) = (authorizationId, subject, clientId, token);

        /// <summary>The authorization that ended.</summary>
        public string AuthorizationId { get; }

        /// <summary>Whose it was.</summary>
        public string Subject { get; }

        /// <summary>Which client's it was.</summary>
        public string ClientId { get; }

        /// <summary>What came again, <c>code</c>, <c>device code</c> or <c>refresh token</c>.</summary>
        public string Token { get; }
    }

    /// <summary>
    /// A refresh got the live token of the chain without a rotation, inside <see cref="HqOAuth2Options.RefreshTokenLeeway"/>. One of many
    /// processes of the client, a client whose answer was lost, or somebody who copied a token: many of them for one authorization are
    /// worth a look.
    /// </summary>
    public sealed class RefreshTokenRetried : OAuthEvent
    {
        internal RefreshTokenRetried(string authorizationId, string subject, string clientId, int turn, int liveTurn) =>
            (AuthorizationId, Subject, ClientId, Turn, LiveTurn) = (authorizationId, subject, clientId, turn, liveTurn);

        /// <summary>The authorization.</summary>
        public string AuthorizationId { get; }

        /// <summary>Whose it is.</summary>
        public string Subject { get; }

        /// <summary>Which client's it is.</summary>
        public string ClientId { get; }

        /// <summary>The turn that was presented; equal to <see cref="LiveTurn"/> when eight turns were spent inside the leeway.</summary>
        public int Turn { get; }

        /// <summary>The turn that is live.</summary>
        public int LiveTurn { get; }
    }

    /// <summary>A client was registered.</summary>
    public sealed class ClientRegistered : OAuthEvent
    {
        internal ClientRegistered(string clientId, ClientProvenance provenance, string? org, IReadOnlyList<string> redirectUris) =>
            (ClientId, Provenance, Org, RedirectUris) = (clientId, provenance, org, redirectUris);

        /// <summary>Its id.</summary>
        public string ClientId { get; }

        /// <summary>By whom.</summary>
        public ClientProvenance Provenance { get; }

        /// <summary>Its organization; null = none.</summary>
        public string? Org { get; }

        /// <summary>Where it may redirect to.</summary>
        public IReadOnlyList<string> RedirectUris { get; }
    }

    /// <summary>
    /// A client's registration was changed; or its metadata document was, in what users' consents rest on (redirect URIs, authentication
    /// method, keys), as far as this process has seen the document before.
    /// </summary>
    public sealed class ClientChanged : OAuthEvent
    {
        internal ClientChanged(string clientId) => ClientId = clientId;

        /// <summary>Its id.</summary>
        public string ClientId { get; }
    }

    /// <summary>A client was removed, and with it all its authorizations.</summary>
    public sealed class ClientRemoved : OAuthEvent
    {
        internal ClientRemoved(string clientId) => ClientId = clientId;

        /// <summary>Its id.</summary>
        public string ClientId { get; }
    }

    /// <summary>A client got a new secret.</summary>
    public sealed class ClientSecretRotated : OAuthEvent
    {
        internal ClientSecretRotated(string clientId, DateTimeOffset othersEndAt) => (ClientId, OthersEndAt) = (clientId, othersEndAt);

        /// <summary>Its id.</summary>
        public string ClientId { get; }

        /// <summary>When its earlier secrets stop working.</summary>
        public DateTimeOffset OthersEndAt { get; }
    }
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

    /// <summary>The host's <see cref="IGrantPolicy"/>, or an organization that the user has left.</summary>
    Policy,
}
