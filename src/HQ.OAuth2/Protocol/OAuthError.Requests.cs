namespace HQ.OAuth2;

// What the token endpoint and the other endpoints of clients refuse.
public sealed partial record OAuthError
{
    // RFC 6749 §4.1.2.1 and §5.2: the request

    /// <summary>A parameter the request needs is absent or empty.</summary>
    public static OAuthError MissingParameter(string name) => new(1001, "invalid_request", $"The parameter {name} is missing.");

    /// <summary>A parameter appears more than once (§3.1, §3.2).</summary>
    internal static OAuthError RepeatedParameter(string name) =>
        new(1002, "invalid_request", $"The parameter {name} appears more than once.");

    /// <summary>A parameter has a value that its specification does not allow, for instance a negative <c>max_age</c>.</summary>
    public static OAuthError MalformedParameter(string name) =>
        new(1080, "invalid_request", $"The parameter {name} has a value that is not allowed.");

    /// <summary>A parameter that belongs in the body stands in the request URI (§2.3.1, §3.2).</summary>
    internal static OAuthError ParameterInUri(string name) =>
        new(1003, "invalid_request", $"The parameter {name} belongs in the body, not in the URI.");

    /// <summary>Two Authorization headers (§2.3).</summary>
    internal static OAuthError RepeatedAuthorizationHeader { get; } =
        new(1004, "invalid_request", "There is more than one Authorization header.");

    /// <summary>The client authenticates in more than one way (§2.3).</summary>
    internal static OAuthError SeveralClientAuthentications { get; } =
        new(1005, "invalid_request", "The client authenticates in more than one way.");

    /// <summary>The body is not form-encoded (§4.1.3, Appendix B).</summary>
    internal static OAuthError NotAForm { get; } =
        new(1006, "invalid_request", "The body must be application/x-www-form-urlencoded in UTF-8.");

    /// <summary>The form or query does not decode, or has too many parameters (Appendix B).</summary>
    internal static OAuthError MalformedForm { get; } = new(1007, "invalid_request", "The parameters do not decode as form-encoded UTF-8.");

    /// <summary>The body or query is larger than any real request.</summary>
    internal static OAuthError RequestTooLarge { get; } = new(1008, "invalid_request", "The request is too large.", 413);

    /// <summary>Plain http where the issuer is https (§1.6).</summary>
    internal static OAuthError InsecureTransport { get; } = new(1009, "invalid_request", "This server is used over https only.");

    /// <summary>The address is one of ours, the method none of its; the Allow header has those (RFC 9110 §15.5.6).</summary>
    internal static OAuthError MethodNotAllowed { get; } =
        new(1078, "invalid_request", "This address is not called with this method; the Allow header names the right ones.", 405);

    // RFC 7636: PKCE at the token endpoint

    /// <summary>The code has a challenge and the request no verifier (RFC 7636 §4.5).</summary>
    internal static OAuthError VerifierMissing { get; } = new(1015, "invalid_request", "The parameter code_verifier is missing.");

    /// <summary>The verifier is not 43 to 128 unreserved characters (RFC 7636 §4.1).</summary>
    internal static OAuthError VerifierMalformed { get; } =
        new(1016, "invalid_request", "The code_verifier must be 43 to 128 unreserved characters.");

    /// <summary>A verifier for a code that was issued without a challenge (RFC 9700 §2.1.1).</summary>
    internal static OAuthError VerifierUncalledFor { get; } =
        new(1017, "invalid_request", "A code_verifier was sent for a code without a code_challenge.");

    // RFC 6749 §5.2: client and grant

    /// <summary>The client is unknown, disabled, or did not prove who it is. One answer for all of these.</summary>
    public static OAuthError InvalidClient { get; } = new(1018, "invalid_client", "Client authentication failed.", 401);

    /// <summary>The code is unknown, altered, expired, spent, another client's, or its redirect URI or verifier differ. One answer for all.</summary>
    internal static OAuthError InvalidCode { get; } = new(1019, "invalid_grant", "The authorization code is not valid.");

    /// <summary>The refresh token is unknown, altered, expired, revoked, rotated out, or another client's. One answer for all.</summary>
    internal static OAuthError InvalidRefreshToken { get; } = new(1020, "invalid_grant", "The refresh token is not valid.");

    /// <summary>
    /// The user paused the app. No <c>invalid_grant</c>: a client drops its tokens upon that, and could not go on when the user resumes it.
    /// </summary>
    internal static OAuthError AppPaused { get; } =
        new(1081, "access_denied", "The user has paused this app on the list of connected apps.");

    /// <summary>The host's <see cref="IGrantPolicy"/> refuses the authorization at present.</summary>
    internal static OAuthError GrantRefused { get; } = new(1082, "access_denied", "This authorization may not be used at present.");

    // RFC 8628 §3.5: the device code grant

    /// <summary>The user has not answered yet.</summary>
    internal static OAuthError AuthorizationPending { get; } =
        new(1085, "authorization_pending", "The user has not answered yet. Ask again after the interval.");

    /// <summary>The device asks too often.</summary>
    internal static OAuthError SlowDown { get; } =
        new(1086, "slow_down", "Too early. Wait 5 seconds longer between two requests, from now on.");

    /// <summary>The user did not answer in time.</summary>
    internal static OAuthError DeviceCodeExpired { get; } =
        new(1087, "expired_token", "The device code has expired. Ask for a new one when the user wants to go on.");

    /// <summary>The device code is unknown, altered, spent, revoked or another client's. One answer for all.</summary>
    internal static OAuthError InvalidDeviceCode { get; } = new(1088, "invalid_grant", "The device code is not valid.");

    /// <summary>A client wants to revoke what was issued to another (RFC 7009 §2.1).</summary>
    internal static OAuthError TokenOfAnotherClient { get; } = new(1021, "invalid_grant", "The token was issued to another client.");

    /// <summary>The client may not use this grant or response type.</summary>
    public static OAuthError UnauthorizedClient { get; } = new(1022, "unauthorized_client", "The client may not use this grant type.");

    /// <summary>The server has no such grant type.</summary>
    internal static OAuthError UnsupportedGrantType { get; } = new(1023, "unsupported_grant_type", "The grant type is not supported.");

    /// <summary>A scope has forbidden characters or too many tokens (§3.3).</summary>
    internal static OAuthError MalformedScope { get; } = new(1024, "invalid_scope", "The scope is malformed.");

    /// <summary>A scope is unknown here or beyond what the client or the authorization may have (§3.3, §6).</summary>
    public static OAuthError ScopeNotAllowed { get; } = new(1025, "invalid_scope", "The scope is unknown or exceeds what may be granted.");

    /// <summary>No scope was asked for and none is configured as the default (§3.3).</summary>
    internal static OAuthError ScopeMissing { get; } = new(1026, "invalid_scope", "No scope was asked for and there is no default.");

    /// <summary>A resource is no absolute URI, is unknown, or was not granted (RFC 8707 §2).</summary>
    public static OAuthError InvalidTarget { get; } = new(1027, "invalid_target", "The resource is malformed, unknown or not granted.");

    /// <summary>The same for a resource that is nearly one of ours: the client's developer is told which to name.</summary>
    internal static OAuthError TargetIsNamed(string identifier) =>
        new(1027, "invalid_target", $"The resource is unknown here. Its identifier is {identifier}");

    // RFC 6750 §3.1: bearer tokens

    /// <summary>A bearer token is needed and none was sent.</summary>
    internal static OAuthError TokenMissing { get; } = new(1040, "invalid_token", "A bearer token is needed.", 401);

    /// <summary>The bearer token is unknown, malformed, expired, revoked, or for another audience. One answer for all.</summary>
    internal static OAuthError InvalidToken { get; } = new(1041, "invalid_token", "The token is not valid here.", 401);

    /// <summary>The token is sent in a malformed way, or in more than one.</summary>
    internal static OAuthError MalformedBearer { get; } =
        new(1042, "invalid_request", "Send one bearer token, in one Authorization header and nowhere else.");

    /// <summary>The token is valid but lacks a scope.</summary>
    internal static OAuthError InsufficientScope { get; } =
        new(1043, "insufficient_scope", "The token lacks a scope that this needs.", 403);

    /// <summary>The sign-in behind the token is older than the API allows, or of another kind (RFC 9470 §3).</summary>
    internal static OAuthError InsufficientAuthentication { get; } =
        new(
            1084,
            "insufficient_user_authentication",
            "The sign-in is too old for this, or of another kind. Let the user sign in again, as the challenge says.",
            401
        );

    // personal access tokens

    /// <summary>The host's policy gives this user no scope for a personal access token.</summary>
    internal static OAuthError PersonalTokensNotAllowed { get; } =
        new(1120, "access_denied", "You may not make personal access tokens here.", 403);

    // limits and trouble: the same request may succeed later

    /// <summary>Too many of these in a minute from one address (RFC 6749 §2.3.1, RFC 6585 §4).</summary>
    internal static OAuthError TooManyRequests { get; } =
        new(1056, "temporarily_unavailable", "Too many of these requests in a minute. Try again later.", 429);

    /// <summary>As many secrets are being checked as this process allows itself; none is queued beyond that.</summary>
    internal static OAuthError TooManyChecks { get; } =
        new(1071, "temporarily_unavailable", "Too many clients are authenticating at this moment. Try again.", 503);

    /// <summary>The key set at the jwks_uri of a client cannot be fetched, so nobody can tell whether the client signed (RFC 7523 §3).</summary>
    internal static OAuthError ClientKeysUnavailable { get; } =
        new(1100, "temporarily_unavailable", "The public keys of the client cannot be had now. Try again.", 503);

    /// <summary>As many metadata documents are being fetched as this process fetches at one time. Shown to the user, never redirected.</summary>
    internal static OAuthError TooManyFetches { get; } =
        new(1065, "temporarily_unavailable", "This server is looking up too many apps at this moment. Try again in a few seconds.", 503);

    /// <summary>An unexpected failure; the log has it.</summary>
    public static OAuthError ServerError { get; } = new(1044, "server_error", "The server failed unexpectedly.", 500);

    /// <summary>A store cannot be reached now; the same request may succeed later.</summary>
    public static OAuthError TemporarilyUnavailable { get; } =
        new(1045, "temporarily_unavailable", "The server cannot do this now. Try again.", 503);
}
