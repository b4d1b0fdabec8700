using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Every event of the adapter.</summary>
internal static partial class AdapterLog
{
    [LoggerMessage(1100, LogLevel.Information, "HQ.OAuth2 is off: {Section}:enabled is false, nothing is mapped")]
    public static partial void Off(this ILogger logger, string section);

    [LoggerMessage(1101, LogLevel.Information, "HQ.OAuth2 serves {Issuer}; discovery at {Metadata}")]
    public static partial void Serving(this ILogger logger, string issuer, string metadata);

    [LoggerMessage(
        1102,
        LogLevel.Warning,
        "{Store} is in memory: its content is lost when this process ends, and other nodes do not see it. Add a durable one, for instance UseSqlite or UsePostgreSql of HQ.OAuth2.EntityFrameworkCore"
    )]
    public static partial void InMemory(this ILogger logger, string store);

    [LoggerMessage(1103, LogLevel.Warning, "{Section}:{Key} = {Value}: {Consequence}")]
    public static partial void Weakens(this ILogger logger, string section, string key, object value, string consequence);

    [LoggerMessage(
        1105,
        LogLevel.Warning,
        "Refused plain http from {Peer}: the issuer or this API is https. If a proxy ends TLS, call app.UseForwardedHeaders() with its address before MapHqOAuth2, or set {Setting}"
    )]
    public static partial void PlainHttp(this ILogger logger, string peer, string setting);

    [LoggerMessage(1111, LogLevel.Warning, "This breaks clients: {Problem} Fix: {Fix}")]
    public static partial void DoctorFound(this ILogger logger, string problem, string fix);

    [LoggerMessage(1112, LogLevel.Information, "Clients find this server: {Issuer} answers as they expect")]
    public static partial void DoctorFoundNothing(this ILogger logger, string issuer);

    [LoggerMessage(1113, LogLevel.Information, "The server could not be examined")]
    public static partial void DoctorFailed(this ILogger logger, Exception exception);

    [LoggerMessage(
        1114,
        LogLevel.Information,
        "The keys of access tokens are in memory: no token is valid after this process ends. Add a store, for instance UseSqlite, to keep them"
    )]
    public static partial void EphemeralKeys(this ILogger logger);

    [LoggerMessage(
        1110,
        LogLevel.Error,
        "MapHqOAuth2Management() has no policy, so it refuses every request: call RequireAuthorization(\"admin\") on it, with a policy of yours"
    )]
    public static partial void ManagementUnprotected(this ILogger logger);

    [LoggerMessage(
        1115,
        LogLevel.Error,
        "{Endpoint} answered {Status} instead of 200, so no token can be checked: look at ClientId, ClientSecret and the client's introspects at the server"
    )]
    public static partial void IntrospectionRefused(this ILogger logger, string endpoint, int status);

    [LoggerMessage(1116, LogLevel.Error, "{Endpoint} gave no answer that can be read, so no token can be checked")]
    public static partial void IntrospectionFailed(this ILogger logger, Exception exception, string endpoint);

    [LoggerMessage(1106, LogLevel.Warning, "The keys could not be read again; this node continues with the keys it has")]
    public static partial void KeysNotRefreshed(this ILogger logger, Exception exception);

    [LoggerMessage(1107, LogLevel.Information, "Pruned {Authorizations} authorizations, {Clients} unused clients and {Tickets} tickets")]
    public static partial void Pruned(this ILogger logger, int authorizations, int clients, int tickets);

    [LoggerMessage(1108, LogLevel.Warning, "Pruning failed; the next round continues")]
    public static partial void NotPruned(this ILogger logger, Exception exception);

    [LoggerMessage(
        1109,
        LogLevel.Warning,
        "The keys of access tokens are stored, but the Data Protection keys that protect them are kept by this machine only, or not at all: another node, or a new container, cannot use them and will not start. Keep them where all nodes read them: PersistDataProtectionKeys() after UseSqlite or UsePostgreSql, or with a context of your own services.AddDataProtection().PersistKeysToDbContext<YourContext>()"
    )]
    public static partial void ProtectionOfThisMachineOnly(this ILogger logger);

    [LoggerMessage(1117, LogLevel.Warning, "Nobody can sign in at the authorization endpoint: {Problem}")]
    public static partial void NoSignInPage(this ILogger logger, string problem);

    [LoggerMessage(
        1118,
        LogLevel.Warning,
        "{Endpoint} requires the scope {Scope}, which is not in {Section}:scopes, so no token can have it: add it there, or correct RequireScope"
    )]
    public static partial void UnknownScopeRequired(this ILogger logger, string endpoint, string scope, string section);

    [LoggerMessage(
        1119,
        LogLevel.Information,
        "{Section}:clients:{ClientId} has no secret and no tokenEndpointAuthMethod, so it is a public client: anybody can use its id. Set tokenEndpointAuthMethod to none to say so, or give it a secretHash"
    )]
    public static partial void PublicByDefault(this ILogger logger, string section, string clientId);

    [LoggerMessage(1120, LogLevel.Error, "{Endpoint} refuses every request: {Reason}")]
    public static partial void SignInUnfit(this ILogger logger, string endpoint, string reason);

    [LoggerMessage(
        1121,
        LogLevel.Warning,
        "This app runs in a container, and its Data Protection keys are kept inside it, or not at all: when the container is created anew, it cannot read the stored keys of access tokens and will not start. Keep them outside: PersistDataProtectionKeys() after UseSqlite or UsePostgreSql, or with a context of your own services.AddDataProtection().PersistKeysToDbContext<YourContext>()"
    )]
    public static partial void ProtectionOfThisContainerOnly(this ILogger logger);

    [LoggerMessage(
        1122,
        LogLevel.Information,
        "This configuration differs from RFC 9700 (security best current practice) in: {Differences}. docs/security.md#rfc-9700 says what each means"
    )]
    public static partial void DiffersFromBestPractice(this ILogger logger, string differences);

    [LoggerMessage(1123, LogLevel.Information, "{Section}:{Key} differs from RFC 9700 §{Part}: {Difference}. To follow it: {Fix}")]
    public static partial void DoctorNamesDifference(
        this ILogger logger,
        string section,
        string key,
        string part,
        string difference,
        string fix
    );
}
