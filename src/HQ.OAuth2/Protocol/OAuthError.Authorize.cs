namespace HQ.OAuth2;

// What the authorization endpoint and the pages of users refuse.
public sealed partial record OAuthError
{
    // RFC 6749 §4.1.2.1: told to the client by redirect

    /// <summary>The state has a control character (Appendix A.5).</summary>
    internal static OAuthError MalformedState { get; } = new(1010, "invalid_request", "The parameter state has a control character.");

    /// <summary>A response mode other than query.</summary>
    internal static OAuthError UnsupportedResponseMode { get; } = new(1011, "invalid_request", "The response_mode must be query.");

    /// <summary>The response type is not <c>code</c>.</summary>
    internal static OAuthError UnsupportedResponseType { get; } = new(1028, "unsupported_response_type", "The response_type must be code.");

    /// <summary>The user said no.</summary>
    public static OAuthError AccessDenied { get; } = new(1029, "access_denied", "The user refused the request.");

    /// <summary>
    /// The user would have to sign in (again): <c>prompt=none</c> forbids it, or the host did not do it when asked (OpenID Connect Core
    /// §3.1.2.1, §3.1.2.6).
    /// </summary>
    internal static OAuthError LoginRequired { get; } = new(1030, "login_required", "The user has to sign in first.");

    /// <summary><c>prompt=none</c> and the user has to be asked (OpenID Connect Core §3.1.2.6).</summary>
    internal static OAuthError ConsentRequired { get; } =
        new(1031, "consent_required", "The user must be asked and prompt=none forbids it.");

    /// <summary>The sign-in is of none of the kinds that were asked for (RFC 9470 §5, OpenID Connect unmet authentication requirements).</summary>
    internal static OAuthError ContextUnmet { get; } =
        new(1091, "unmet_authentication_requirements", "The user did not sign in in one of the ways that acr_values asks for.");

    /// <summary>The server or the client demands that requests are pushed (RFC 9126 §5, §6).</summary>
    internal static OAuthError PushNeeded { get; } =
        new(1093, "invalid_request", "Authorization requests of this client must be pushed first (RFC 9126).");

    /// <summary>A request object (RFC 9101); this server reads none.</summary>
    internal static OAuthError RequestObjectUnsupported { get; } =
        new(1094, "request_not_supported", "This server reads no request objects: leave the parameter request out.");

    // RFC 7636: PKCE at the authorization endpoint

    /// <summary>A client that must use PKCE sent no challenge (RFC 7636 §4.4.1).</summary>
    internal static OAuthError ChallengeMissing { get; } = new(1012, "invalid_request", "PKCE is required: code_challenge is missing.");

    /// <summary>The challenge is not what S256 gives (RFC 7636 §4.2).</summary>
    internal static OAuthError ChallengeMalformed { get; } =
        new(1013, "invalid_request", "The code_challenge must be 43 characters of base64url.");

    /// <summary>A method other than S256; absent means plain (RFC 7636 §4.3).</summary>
    internal static OAuthError ChallengeMethodUnsupported { get; } =
        new(1014, "invalid_request", "The code_challenge_method must be S256.");

    // RFC 6749 §3.1.2.4 and §4.1.2.1: shown to the user, never redirected

    /// <summary>The client of an authorization request is missing, unknown or disabled. Shown to the user, never redirected.</summary>
    internal static OAuthError UnknownClient { get; } =
        new(
            1032,
            "invalid_client",
            "The app that sent you here is not known to this server. Remove the connection in that app and add it again."
        );

    /// <summary>The redirect URI is not one of the client's. Shown to the user, never redirected (§3.1.2.4).</summary>
    internal static OAuthError RedirectUriMismatch { get; } =
        new(1033, "invalid_request", "The address to return to (redirect_uri) is not one that this app registered.");

    /// <summary>The redirect URI is absent and the client has not exactly one (§3.1.2.3). Shown to the user.</summary>
    internal static OAuthError RedirectUriMissing { get; } =
        new(
            1034,
            "invalid_request",
            "The app did not say where to return to (redirect_uri), and it has not registered exactly one address."
        );

    /// <summary>A stored redirect URI that no client may have, for instance <c>javascript:</c>. Shown to the user, never redirected.</summary>
    internal static OAuthError RedirectUriNeverAllowed { get; } =
        new(1072, "invalid_request", "The address to return to (redirect_uri) is of a kind that this server never leads to.");

    /// <summary>A decision without our antiforgery token, or with another session's (§10.12). Shown to the user.</summary>
    internal static OAuthError DecisionNotGenuine { get; } =
        new(1035, "invalid_request", "This answer did not come from a page that this server showed you, or you signed in again since.");

    /// <summary>The reference of a pushed request is unknown, expired, used or another client's (RFC 9126 §4). Shown to the user.</summary>
    internal static OAuthError RequestUriInvalid { get; } =
        new(1092, "invalid_request_uri", "This address was used before, or it is too old. Start again in the app that sent you here.");

    /// <summary>The protected handle of a request does not open. Shown to the user.</summary>
    internal static OAuthError RequestHandleInvalid { get; } =
        new(1036, "invalid_request", "This page's address is damaged or too old. Start again in the app that sent you here.");

    /// <summary>The form of a consent page was answered before, and that answer is redeemed, revoked or too old. Shown to the user.</summary>
    internal static OAuthError AlreadyAnswered { get; } =
        new(1079, "invalid_request", "You have answered this already. Look at the app that sent you here, or start again there.");

    /// <summary>The user has several organizations, and the answer names none of them, or one that the user has left. Shown to the user.</summary>
    internal static OAuthError OrganizationNotChosen { get; } =
        new(
            1083,
            "invalid_request",
            "Choose one of your organizations for this app. Your organizations may have changed since the page was shown."
        );

    // RFC 8628 §3.3: shown to the user on the page for devices

    /// <summary>The user code is wrong, expired or answered. One answer for all.</summary>
    internal static OAuthError UserCodeUnknown { get; } =
        new(1089, "invalid_request", "No device waits with this code. Compare it with the device, or start again there.");

    /// <summary>A user, or an address, has entered too many wrong codes (RFC 8628 §5.1).</summary>
    internal static OAuthError TooManyUserCodes { get; } =
        new(1090, "temporarily_unavailable", "Too many wrong codes were entered. Try again later.", 429);

    /// <summary>The host signed a user in whose subject cannot be stored as it is. Shown to the user, before anything is asked.</summary>
    internal static OAuthError SubjectUnusable { get; } =
        new(1073, "invalid_request", "This account cannot be used here: its identifier is too long or has characters that cannot be kept.");

    /// <summary>The host's own sign-in does not fit: its challenge shows no page, or its users have no subject. Shown to the user; the log has the fix.</summary>
    internal static OAuthError SignInUnfit { get; } =
        new(1077, "server_error", "The sign-in of this site is not set up for this server.", 500);

    // the user's own pages and API

    /// <summary>Nobody is signed in at the host; a client's access token does not count.</summary>
    internal static OAuthError SessionNeeded { get; } =
        new(1046, "login_required", "Sign in to this site first; an access token is not accepted here.", 401);

    /// <summary>A change without the antiforgery token of this session.</summary>
    internal static OAuthError AntiforgeryTokenMissing { get; } =
        new(1048, "invalid_request", "The antiforgery token is missing, or it is another session's.");
}
