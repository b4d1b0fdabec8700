using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Every event of the core. No event has a place for a code, a token, a secret or a verifier.</summary>
internal static partial class Log
{
    /// <summary>A refusal. The client id is what the caller says, so it is cleaned first.</summary>
    public static void Refused(this ILogger logger, string endpoint, string? clientId, OAuthError error) =>
        logger.Refused(
            endpoint,
            clientId is null ? null : OAuthError.Clean(clientId),
            error.Id,
            error.Code,
            error.Reason ?? error.Description
        );

    [LoggerMessage(1000, LogLevel.Information, "{Endpoint} refused client {ClientId}: {ErrorId} {Error}. {Reason}")]
    private static partial void Refused(
        this ILogger logger,
        string endpoint,
        string? clientId,
        string errorId,
        string error,
        string reason
    );

    [LoggerMessage(
        1001,
        LogLevel.Information,
        "Authorization {AuthorizationId} granted by {Subject} to client {ClientId} for scope {Scope}"
    )]
    public static partial void Granted(this ILogger logger, string authorizationId, string subject, string clientId, ScopeSet scope);

    [LoggerMessage(
        1002,
        LogLevel.Information,
        "Token issued to client {ClientId} by {GrantType} for scope {Scope}; authorization {AuthorizationId}"
    )]
    public static partial void Issued(this ILogger logger, string clientId, string grantType, ScopeSet scope, string? authorizationId);

    [LoggerMessage(1003, LogLevel.Warning, "Authorization {AuthorizationId} of client {ClientId} ended: its {What} was replayed")]
    public static partial void Replayed(this ILogger logger, string authorizationId, string clientId, string what);

    [LoggerMessage(
        1004,
        LogLevel.Information,
        "Refresh of authorization {AuthorizationId} by client {ClientId} with turn {Turn} got the live token, turn {LiveTurn}, without a rotation"
    )]
    public static partial void Retried(this ILogger logger, string authorizationId, string clientId, int turn, int liveTurn);

    [LoggerMessage(
        1005,
        LogLevel.Information,
        "Client {ClientId} registered, provenance {Provenance}, org {Org}, redirects to {RedirectUris}"
    )]
    public static partial void Registered(
        this ILogger logger,
        string clientId,
        ClientProvenance provenance,
        string? org,
        string redirectUris
    );

    [LoggerMessage(1006, LogLevel.Information, "Client {ClientId} revoked authorization {AuthorizationId}")]
    public static partial void Revoked(this ILogger logger, string clientId, string authorizationId);

    [LoggerMessage(
        1007,
        LogLevel.Error,
        "The stored secret hash of client {ClientId} is no bcrypt hash with a work factor from 4 to {MaxWorkFactor}, and no usable hash of another server; it counts as wrong"
    )]
    public static partial void UnusableSecretHash(this ILogger logger, string clientId, int maxWorkFactor);

    [LoggerMessage(1008, LogLevel.Error, "{Endpoint} failed")]
    public static partial void Failed(this ILogger logger, Exception exception, string endpoint);

    [LoggerMessage(1009, LogLevel.Error, "Authorization {AuthorizationId} holds data that this version cannot read; it counts as gone")]
    public static partial void UnreadableAuthorization(this ILogger logger, Exception exception, string authorizationId);

    [LoggerMessage(1010, LogLevel.Warning, "The use of client {ClientId} could not be noted; the next one will be")]
    public static partial void UseNotNoted(this ILogger logger, Exception exception, string clientId);

    [LoggerMessage(1011, LogLevel.Information, "Key {KeyId} made; it is used from {ActiveFrom} on")]
    public static partial void KeyMade(this ILogger logger, string keyId, DateTimeOffset activeFrom);

    [LoggerMessage(1012, LogLevel.Information, "Key {KeyId} retired: every token of it has ended")]
    public static partial void KeyRetired(this ILogger logger, string keyId);

    [LoggerMessage(
        1013,
        LogLevel.Error,
        "Key {KeyId} cannot be unprotected here, so tokens of it are refused: this node's Data Protection keys are not those of the node that made it"
    )]
    public static partial void KeyUnreadable(this ILogger logger, Exception exception, string keyId);

    [LoggerMessage(1014, LogLevel.Information, "Authorization {AuthorizationId} of subject {Subject}, client {ClientId} revoked by {Who}")]
    public static partial void RevokedOne(this ILogger logger, string authorizationId, string subject, string clientId, RevokedBy who);

    [LoggerMessage(
        1021,
        LogLevel.Information,
        "Authorization {AuthorizationId} of subject {Subject}, client {ClientId} changed: scope {Scope}, paused {IsPaused}, ends at {EndsAt}"
    )]
    public static partial void AuthorizationChanged(
        this ILogger logger,
        string authorizationId,
        string subject,
        string clientId,
        ScopeSet scope,
        bool isPaused,
        DateTimeOffset? endsAt
    );

    [LoggerMessage(1015, LogLevel.Information, "{Count} authorizations of subject {Subject}, client {ClientId} revoked by {Who}")]
    public static partial void RevokedAll(this ILogger logger, int count, string? subject, string? clientId, RevokedBy who);

    [LoggerMessage(1016, LogLevel.Information, "Client {ClientId} changed: {Change}")]
    public static partial void ClientChanged(this ILogger logger, string clientId, string change);

    [LoggerMessage(1017, LogLevel.Information, "Client {ClientId} removed, with everything that users allowed it")]
    public static partial void ClientRemoved(this ILogger logger, string clientId);

    [LoggerMessage(1018, LogLevel.Information, "The metadata document of client {ClientId} was fetched; it is fresh until {FreshUntil}")]
    public static partial void DocumentFetched(this ILogger logger, string clientId, DateTimeOffset freshUntil);

    /// <summary>What was left out of a client's description. All of it is what the client says, so it is cleaned first.</summary>
    public static void LeftOut(this ILogger logger, string clientId, string? clientName, IReadOnlyList<string> members)
    {
        if (members.Count > 0)
            logger.LeftOut(clientId, OAuthError.Clean(clientName ?? ""), OAuthError.Clean(string.Join(", ", members)));
    }

    [LoggerMessage(
        1035,
        LogLevel.Information,
        "Client {ClientId}, which calls itself '{ClientName}', was taken without what this server does not have for it: {Members}"
    )]
    private static partial void LeftOut(this ILogger logger, string clientId, string clientName, string members);

    [LoggerMessage(
        1030,
        LogLevel.Warning,
        "Client {ClientId} has {Count} live secrets; only the first {Limit} of its list are looked at: let the others expire"
    )]
    public static partial void TooManySecrets(this ILogger logger, string clientId, int count, int limit);

    [LoggerMessage(
        1031,
        LogLevel.Error,
        "{Store} returned for client {ClientId} a client whose {Member} is missing, unknown or another's; it counts as unknown"
    )]
    public static partial void UnusableClient(this ILogger logger, string store, string clientId, string member);

    [LoggerMessage(
        1032,
        LogLevel.Error,
        "{Store} returned authorization {AuthorizationId} where another id, subject or client was asked for; it counts as gone"
    )]
    public static partial void ForeignAuthorization(this ILogger logger, string store, string? authorizationId);

    [LoggerMessage(
        1033,
        LogLevel.Warning,
        "{Listener} has not taken the event {Event} within {Patience}: the answer goes out, and the listener goes on by itself"
    )]
    public static partial void ListenerNotAwaited(this ILogger logger, string @event, string listener, TimeSpan patience);

    [LoggerMessage(
        1034,
        LogLevel.Warning,
        "The use of client {ClientId} was not noted within {Patience}: the answer goes out, and the note goes on by itself"
    )]
    public static partial void UseNoteNotAwaited(this ILogger logger, string clientId, TimeSpan patience);

    [LoggerMessage(
        1060,
        LogLevel.Warning,
        "{Count} clients have registered themselves, of limits:selfRegisteredClients = {Ceiling}: at that number registrations are refused. Raise the key, shorten neverApprovedClientLifetime, or demand initialAccessTokens"
    )]
    public static partial void ManyClients(this ILogger logger, int count, int ceiling);

    [LoggerMessage(
        1061,
        LogLevel.Error,
        "Registrations are refused: limits:selfRegisteredClients = {Ceiling} is reached. Raise the key, shorten neverApprovedClientLifetime, or demand initialAccessTokens"
    )]
    public static partial void TooManyClients(this ILogger logger, int ceiling);

    [LoggerMessage(1020, LogLevel.Error, "The event {Event} was not taken by {Listener}")]
    public static partial void EventNotTaken(this ILogger logger, Exception exception, string @event, string listener);

    [LoggerMessage(
        1036,
        LogLevel.Warning,
        "The consent of authorization {AuthorizationId} could not be noted: its user will be asked again"
    )]
    public static partial void ConsentNotNoted(this ILogger logger, Exception exception, string authorizationId);

    [LoggerMessage(
        1037,
        LogLevel.Warning,
        "The consent of authorization {AuthorizationId} was not noted within {Patience}: the answer goes out, and the note goes on by itself"
    )]
    public static partial void ConsentNoteNotAwaited(this ILogger logger, string authorizationId, TimeSpan patience);

    [LoggerMessage(
        1062,
        LogLevel.Information,
        "The hash that another server made of a secret of client {ClientId} is replaced by a bcrypt hash"
    )]
    public static partial void SecretRehashed(this ILogger logger, string clientId);

    [LoggerMessage(
        1063,
        LogLevel.Warning,
        "The hash that another server made of a secret of client {ClientId} could not be replaced by a bcrypt hash; the next use tries again"
    )]
    public static partial void SecretNotRehashed(this ILogger logger, Exception exception, string clientId);

    /// <summary>Why the keys of a client could not be fetched. The reason may repeat what the other side sent, so it is clean already.</summary>
    [LoggerMessage(1070, LogLevel.Warning, "The keys of clients at {Url} cannot be had: {Reason}")]
    public static partial void KeySetUnavailable(this ILogger logger, string url, string? reason);

    [LoggerMessage(1071, LogLevel.Information, "{Count} keys of clients were fetched from {Url}; they are fresh until {FreshUntil}")]
    public static partial void KeySetFetched(this ILogger logger, string url, int count, DateTimeOffset freshUntil);
}
