using System.Globalization;

namespace HQ.OAuth2;

/// <summary>
/// Every refusal this server can give, by name. A refusal says two things: what the wire may say (<see cref="Code"/>,
/// <see cref="Description"/>, <see cref="Status"/>) and, for logs and the Development error page only, <see cref="Reason"/>.
/// </summary>
public sealed record OAuthError
{
    private const int MaxLength = 1000;

    private OAuthError(int number, string code, string description, int status = 400)
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"HQ{number}");
        Code = code;
        Description = Clean(description);
        Status = status;
    }

    /// <summary>Names this refusal for good, for instance <c>HQ1019</c>: docs/errors.md says what it means and what helps.</summary>
    public string Id { get; }

    /// <summary>The standard's code, for instance <c>invalid_grant</c>.</summary>
    public string Code { get; }

    /// <summary>A sentence for the client's developer, inside the characters that RFC 6749 §5.2 allows.</summary>
    public string Description { get; }

    /// <summary>The HTTP status where the error is answered directly, not through a redirect.</summary>
    public int Status { get; }

    /// <summary>What was found and what was expected, for the log; null when the description says it all. Never a secret.</summary>
    public string? Reason { get; init; }

    /// <summary>The member of the metadata that it is about; null when it is about none.</summary>
    public string? Field { get; init; }

    /// <summary>The other host that it is about; null when it is about none.</summary>
    public string? Host { get; init; }

    // RFC 6749 §4.1.2.1 and §5.2: the request

    /// <summary>A parameter the request needs is absent or empty.</summary>
    public static OAuthError MissingParameter(string name) => new(1001, "invalid_request", $"The parameter {name} is missing.");

    /// <summary>A parameter appears more than once (§3.1, §3.2).</summary>
    public static OAuthError RepeatedParameter(string name) =>
        new(1002, "invalid_request", $"The parameter {name} appears more than once.");

    /// <summary>A parameter that belongs in the body stands in the request URI (§2.3.1, §3.2).</summary>
    public static OAuthError ParameterInUri(string name) =>
        new(1003, "invalid_request", $"The parameter {name} belongs in the body, not in the URI.");

    /// <summary>Two Authorization headers (§2.3).</summary>
    public static OAuthError RepeatedAuthorizationHeader { get; } =
        new(1004, "invalid_request", "There is more than one Authorization header.");

    /// <summary>The client authenticates in more than one way (§2.3).</summary>
    public static OAuthError SeveralClientAuthentications { get; } =
        new(1005, "invalid_request", "The client authenticates in more than one way.");

    /// <summary>The body is not form-encoded (§4.1.3, Appendix B).</summary>
    public static OAuthError NotAForm { get; } =
        new(1006, "invalid_request", "The body must be application/x-www-form-urlencoded in UTF-8.");

    /// <summary>The form or query does not decode, or has too many parameters (Appendix B).</summary>
    public static OAuthError MalformedForm { get; } = new(1007, "invalid_request", "The parameters do not decode as form-encoded UTF-8.");

    /// <summary>The body or query is larger than any real request.</summary>
    public static OAuthError RequestTooLarge { get; } = new(1008, "invalid_request", "The request is too large.", 413);

    /// <summary>Plain http where the issuer is https (§1.6).</summary>
    public static OAuthError InsecureTransport { get; } = new(1009, "invalid_request", "This server is used over https only.");

    /// <summary>The state has a control character (Appendix A.5).</summary>
    public static OAuthError MalformedState { get; } = new(1010, "invalid_request", "The parameter state has a control character.");

    /// <summary>A response mode other than query.</summary>
    public static OAuthError UnsupportedResponseMode { get; } = new(1011, "invalid_request", "The response_mode must be query.");

    // RFC 7636: PKCE

    /// <summary>A client that must use PKCE sent no challenge (RFC 7636 §4.4.1).</summary>
    public static OAuthError ChallengeMissing { get; } = new(1012, "invalid_request", "PKCE is required: code_challenge is missing.");

    /// <summary>The challenge is not what S256 gives (RFC 7636 §4.2).</summary>
    public static OAuthError ChallengeMalformed { get; } =
        new(1013, "invalid_request", "The code_challenge must be 43 characters of base64url.");

    /// <summary>A method other than S256; absent means plain (RFC 7636 §4.3).</summary>
    public static OAuthError ChallengeMethodUnsupported { get; } = new(1014, "invalid_request", "The code_challenge_method must be S256.");

    /// <summary>The code has a challenge and the request no verifier (RFC 7636 §4.5).</summary>
    public static OAuthError VerifierMissing { get; } = new(1015, "invalid_request", "The parameter code_verifier is missing.");

    /// <summary>The verifier is not 43 to 128 unreserved characters (RFC 7636 §4.1).</summary>
    public static OAuthError VerifierMalformed { get; } =
        new(1016, "invalid_request", "The code_verifier must be 43 to 128 unreserved characters.");

    /// <summary>A verifier for a code that was issued without a challenge (RFC 9700 §2.1.1).</summary>
    public static OAuthError VerifierUncalledFor { get; } =
        new(1017, "invalid_request", "A code_verifier was sent for a code without a code_challenge.");

    // RFC 6749 §5.2: client and grant

    /// <summary>The client is unknown, disabled, or did not prove who it is. One answer for all of these.</summary>
    public static OAuthError InvalidClient { get; } = new(1018, "invalid_client", "Client authentication failed.", 401);

    /// <summary>The code is unknown, altered, expired, spent, another client's, or its redirect URI or verifier differ. One answer for all.</summary>
    public static OAuthError InvalidCode { get; } = new(1019, "invalid_grant", "The authorization code is not valid.");

    /// <summary>The refresh token is unknown, altered, expired, revoked, rotated out, or another client's. One answer for all.</summary>
    public static OAuthError InvalidRefreshToken { get; } = new(1020, "invalid_grant", "The refresh token is not valid.");

    /// <summary>A client wants to revoke what was issued to another (RFC 7009 §2.1).</summary>
    public static OAuthError TokenOfAnotherClient { get; } = new(1021, "invalid_grant", "The token was issued to another client.");

    /// <summary>The client may not use this grant or response type.</summary>
    public static OAuthError UnauthorizedClient { get; } = new(1022, "unauthorized_client", "The client may not use this grant type.");

    /// <summary>The server has no such grant type.</summary>
    public static OAuthError UnsupportedGrantType { get; } = new(1023, "unsupported_grant_type", "The grant type is not supported.");

    /// <summary>A scope has forbidden characters or too many tokens (§3.3).</summary>
    public static OAuthError MalformedScope { get; } = new(1024, "invalid_scope", "The scope is malformed.");

    /// <summary>A scope is unknown here or beyond what the client or the authorization may have (§3.3, §6).</summary>
    public static OAuthError ScopeNotAllowed { get; } = new(1025, "invalid_scope", "The scope is unknown or exceeds what may be granted.");

    /// <summary>No scope was asked for and none is configured as the default (§3.3).</summary>
    public static OAuthError ScopeMissing { get; } = new(1026, "invalid_scope", "No scope was asked for and there is no default.");

    /// <summary>A resource is no absolute URI, is unknown, or was not granted (RFC 8707 §2).</summary>
    public static OAuthError InvalidTarget { get; } = new(1027, "invalid_target", "The resource is malformed, unknown or not granted.");

    /// <summary>The same for a resource that is nearly one of ours: the client's developer is told which to name.</summary>
    internal static OAuthError TargetIsNamed(string identifier) =>
        new(1027, "invalid_target", $"The resource is unknown here. Its identifier is {identifier}");

    // RFC 6749 §4.1.2.1: the authorization endpoint

    /// <summary>The response type is not <c>code</c>.</summary>
    public static OAuthError UnsupportedResponseType { get; } = new(1028, "unsupported_response_type", "The response_type must be code.");

    /// <summary>The user said no.</summary>
    public static OAuthError AccessDenied { get; } = new(1029, "access_denied", "The user refused the request.");

    /// <summary>
    /// The user would have to sign in (again): <c>prompt=none</c> forbids it, or the host did not do it when asked (OpenID Connect Core
    /// §3.1.2.1, §3.1.2.6).
    /// </summary>
    public static OAuthError LoginRequired { get; } = new(1030, "login_required", "The user has to sign in first.");

    /// <summary><c>prompt=none</c> and the user has to be asked (OpenID Connect Core §3.1.2.6).</summary>
    public static OAuthError ConsentRequired { get; } = new(1031, "consent_required", "The user must be asked and prompt=none forbids it.");

    /// <summary>The client of an authorization request is missing, unknown or disabled. Shown to the user, never redirected.</summary>
    public static OAuthError UnknownClient { get; } =
        new(
            1032,
            "invalid_client",
            "The app that sent you here is not known to this server. Remove the connection in that app and add it again."
        );

    /// <summary>The redirect URI is not one of the client's. Shown to the user, never redirected (§3.1.2.4).</summary>
    public static OAuthError RedirectUriMismatch { get; } =
        new(1033, "invalid_request", "The address to return to (redirect_uri) is not one that this app registered.");

    /// <summary>The redirect URI is absent and the client has not exactly one (§3.1.2.3). Shown to the user.</summary>
    public static OAuthError RedirectUriMissing { get; } =
        new(
            1034,
            "invalid_request",
            "The app did not say where to return to (redirect_uri), and it has not registered exactly one address."
        );

    /// <summary>A decision without our antiforgery token, or with another session's (§10.12). Shown to the user.</summary>
    public static OAuthError DecisionNotGenuine { get; } =
        new(1035, "invalid_request", "This answer did not come from a page that this server showed you, or you signed in again since.");

    /// <summary>The protected handle of a request does not open. Shown to the user.</summary>
    public static OAuthError RequestHandleInvalid { get; } =
        new(1036, "invalid_request", "This page's address is damaged or too old. Start again in the app that sent you here.");

    // RFC 7591 §3.2.2: registration

    /// <summary>The body of a registration is not one JSON object in UTF-8.</summary>
    public static OAuthError NotAJsonObject { get; } = new(1037, "invalid_client_metadata", "The body must be one JSON object in UTF-8.");

    /// <summary>A redirect URI is missing, malformed or of a kind that is not allowed.</summary>
    public static OAuthError InvalidRedirectUri(string problem) => new(1038, "invalid_redirect_uri", problem) { Field = "redirect_uris" };

    /// <summary>A member of the client metadata has a value that cannot be.</summary>
    public static OAuthError InvalidClientMetadata(string member, string problem) =>
        new(1039, "invalid_client_metadata", $"{member}: {problem}") { Field = member };

    // RFC 6750 §3.1: bearer tokens

    /// <summary>A bearer token is needed and none was sent.</summary>
    public static OAuthError TokenMissing { get; } = new(1040, "invalid_token", "A bearer token is needed.", 401);

    /// <summary>The bearer token is unknown, malformed, expired, revoked, or for another audience. One answer for all.</summary>
    public static OAuthError InvalidToken { get; } = new(1041, "invalid_token", "The token is not valid here.", 401);

    /// <summary>The token is sent in a malformed way, or in more than one.</summary>
    public static OAuthError MalformedBearer { get; } =
        new(1042, "invalid_request", "Send one bearer token, in one Authorization header and nowhere else.");

    /// <summary>The token is valid but lacks a scope.</summary>
    public static OAuthError InsufficientScope { get; } = new(1043, "insufficient_scope", "The token lacks a scope that this needs.", 403);

    // our own trouble

    /// <summary>An unexpected failure; the log has it.</summary>
    public static OAuthError ServerError { get; } = new(1044, "server_error", "The server failed unexpectedly.", 500);

    /// <summary>A store cannot be reached now; the same request may succeed later.</summary>
    public static OAuthError TemporarilyUnavailable { get; } =
        new(1045, "temporarily_unavailable", "The server cannot do this now. Try again.", 503);

    // the user's own pages and API, and management

    /// <summary>Nobody is signed in at the host; a client's access token does not count.</summary>
    public static OAuthError SessionNeeded { get; } = new(1046, "login_required", "Sign in first. An access token is no session.", 401);

    /// <summary>There is no such thing, or it is somebody else's.</summary>
    public static OAuthError NotFound { get; } = new(1047, "not_found", "There is no such thing here.", 404);

    /// <summary>A change without the antiforgery token of this session.</summary>
    public static OAuthError AntiforgeryTokenMissing { get; } =
        new(1048, "invalid_request", "The antiforgery token is missing, or it is another session's.");

    /// <summary>A parameter of a list or a member of a body has a value that cannot be.</summary>
    public static OAuthError InvalidField { get; } = new(1049, "invalid_request", "A field has a value that cannot be.");

    /// <summary>A client that stands in the configuration is not changed by the API.</summary>
    public static OAuthError ClientIsConfigured { get; } =
        new(1050, "conflict", "The client stands in the configuration of this server. Change it there.", 409);

    /// <summary>A body that is not JSON by its content type.</summary>
    public static OAuthError UnsupportedMediaType { get; } = new(1051, "invalid_request", "Send the request as application/json.", 415);

    /// <summary>The management API is mapped without a policy, so it answers nobody.</summary>
    public static OAuthError ManagementUnprotected { get; } = new(1052, "server_error", "The management API has no policy.", 500);

    // draft-ietf-oauth-client-id-metadata-document: clients whose id is the URL of their document

    /// <summary>The client id is a URL that cannot be the place of a metadata document, or that the host does not allow (§3, §6.8).</summary>
    public static OAuthError ClientDocumentUrlRefused { get; } =
        new(1053, "invalid_client", "The address by which the app that sent you here names itself is not accepted by this server.");

    /// <summary>The metadata document could not be fetched now (§4.3). Shown to the user, never redirected.</summary>
    public static OAuthError ClientDocumentUnavailable(string host) =>
        new(1054, "invalid_client", $"The app describes itself at {host}, and that could not be fetched. Try again later.") { Host = host };

    /// <summary>The metadata document breaks a rule (§4.1). Shown to the user, never redirected.</summary>
    public static OAuthError ClientDocumentInvalid(string host) =>
        new(
            1055,
            "invalid_client",
            $"The app describes itself at {host}, and that description breaks a rule. Its makers have to correct it."
        )
        {
            Host = host,
        };

    /// <summary>As many metadata documents are being fetched as this process fetches at one time. Shown to the user, never redirected.</summary>
    public static OAuthError TooManyFetches { get; } =
        new(1065, "temporarily_unavailable", "This server is looking up too many apps at this moment. Try again in a few seconds.", 503);

    /// <summary>Too many of these in a minute from one address (RFC 6749 §2.3.1, RFC 6585 §4).</summary>
    public static OAuthError TooManyRequests { get; } =
        new(1056, "temporarily_unavailable", "Too many of these requests in a minute. Try again later.", 429);

    /// <summary>A change was made for another version of the client than the one that is there (RFC 9110 §13.1.1).</summary>
    public static OAuthError ClientVersionDiffers { get; } =
        new(1060, "precondition_failed", "The client has been changed since it was read.", 412);

    /// <summary>A change of a client lost against other changes of it, again and again.</summary>
    public static OAuthError ClientChangedMeanwhile { get; } =
        new(1061, "conflict", "The client is being changed by others at the same time. Read it and try again.", 409);

    /// <summary>A registration is larger than a client needs (RFC 7591 §3.2.2).</summary>
    public static OAuthError RegistrationTooLarge { get; } =
        new(1062, "invalid_client_metadata", "The registration is larger than 16 kB. Send fewer or shorter values.");

    /// <summary>As many clients have registered themselves as there may be; the same request may succeed later.</summary>
    public static OAuthError RegistrationsFull { get; } =
        new(1063, "temporarily_unavailable", "This server takes no more registrations now. Try again later.", 503);

    /// <summary>As many secrets are being checked as this process allows itself; none is queued beyond that.</summary>
    public static OAuthError TooManyChecks { get; } =
        new(1071, "temporarily_unavailable", "Too many clients are authenticating at this moment. Try again.", 503);

    /// <summary>A stored redirect URI that no client may have, for instance <c>javascript:</c>. Shown to the user, never redirected.</summary>
    public static OAuthError RedirectUriNeverAllowed { get; } =
        new(1072, "invalid_request", "The address to return to (redirect_uri) is of a kind that this server never leads to.");

    /// <summary>The host signed a user in whose subject cannot be stored as it is. Shown to the user, before anything is asked.</summary>
    public static OAuthError SubjectUnusable { get; } =
        new(1073, "invalid_request", "This account cannot be used here: its identifier is too long or has characters that cannot be kept.");

    /// <summary>The host's own sign-in does not fit: its challenge shows no page, or its users have no subject. Shown to the user; the log has the fix.</summary>
    public static OAuthError SignInUnfit { get; } =
        new(1077, "server_error", "The sign-in of this site is not set up for this server.", 500);

    /// <summary>The form of a consent page was answered before, and that answer is redeemed, revoked or too old. Shown to the user.</summary>
    public static OAuthError AlreadyAnswered { get; } =
        new(1079, "invalid_request", "You have answered this already. Look at the app that sent you here, or start again there.");

    /// <summary>A parameter has a value that its specification does not allow, for instance a negative <c>max_age</c>.</summary>
    public static OAuthError MalformedParameter(string name) =>
        new(1080, "invalid_request", $"The parameter {name} has a value that is not allowed.");

    /// <summary>The address is one of ours, the method none of its; the Allow header has those (RFC 9110 §15.5.6).</summary>
    public static OAuthError MethodNotAllowed { get; } =
        new(1078, "invalid_request", "This address is not called with this method; the Allow header names the right ones.", 405);

    /// <summary>An error that an extension grant names (§4.5), for instance <c>authorization_pending</c>.</summary>
    public static OAuthError Extension(string code, string description) => new(1000, Clean(code), description);

    /// <summary>What the wire says: in Development with the id and the reason, else the same for all that must not be told apart.</summary>
    internal string Describe(ErrorDetail detail) =>
        !detail.Explains ? Description
        : Reason is null ? $"{Description} ({Id})"
        : Clean($"{Description} ({Id}: {Reason})");

    /// <summary>Where the error is explained (RFC 6749 §5.2, error_uri); null when the host names no place.</summary>
    internal string? Explanation(ErrorDetail detail) => detail.Uri is { } place ? place + Id.ToLowerInvariant() : null;

    /// <summary>The same error with a reason for the log.</summary>
    internal OAuthError Because(string reason) => this with { Reason = Clean(reason) };

    /// <summary>The error for an exception: a store that cannot be reached is not a bug of ours.</summary>
    internal static OAuthError From(Exception exception)
    {
        // Object mappers wrap what their driver says.
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (
                cause
                is System.Data.Common.DbException
                    or TimeoutException
                    or OperationCanceledException
                    or IOException
                    or HttpRequestException
                    or System.Net.Sockets.SocketException
            )
                return TemporarilyUnavailable;
        }

        return ServerError;
    }

    /// <summary>
    /// Text that may hold what a caller sent, cut and without the characters that RFC 6749 §5.2 forbids (%x20-21 / %x23-5B / %x5D-7E are
    /// allowed): no answer can be broken by it and no log line forged.
    /// </summary>
    internal static string Clean(string text) =>
        text.Length <= MaxLength && text.All(IsAllowed) ? text : string.Concat(text.Take(MaxLength).Select(c => IsAllowed(c) ? c : '?'));

    private static bool IsAllowed(char c) => c is >= ' ' and <= '~' and not ('"' or '\\');
}
