namespace HQ.OAuth2;

// What registration, metadata documents and management refuse.
public sealed partial record OAuthError
{
    // RFC 7591 §3.2.2: registration

    /// <summary>The body of a registration is not one JSON object in UTF-8.</summary>
    internal static OAuthError NotAJsonObject { get; } = new(1037, "invalid_client_metadata", "The body must be one JSON object in UTF-8.");

    /// <summary>A redirect URI is missing, malformed or of a kind that is not allowed.</summary>
    internal static OAuthError InvalidRedirectUri(string problem) => new(1038, "invalid_redirect_uri", problem) { Field = "redirect_uris" };

    /// <summary>A member of the client metadata has an invalid value.</summary>
    internal static OAuthError InvalidClientMetadata(string member, string problem) =>
        new(1039, "invalid_client_metadata", $"{member}: {problem}") { Field = member };

    /// <summary>A registration is larger than a client needs (RFC 7591 §3.2.2).</summary>
    internal static OAuthError RegistrationTooLarge { get; } =
        new(1062, "invalid_client_metadata", "The registration is larger than 16 kB. Send fewer or shorter values.");

    /// <summary>As many clients have registered themselves as there may be; the same request may succeed later.</summary>
    internal static OAuthError RegistrationsFull { get; } =
        new(1063, "temporarily_unavailable", "This server takes no more registrations now. Try again later.", 503);

    // draft-ietf-oauth-client-id-metadata-document: clients whose id is the URL of their document

    /// <summary>The client id is a URL that cannot be the place of a metadata document, or that the host does not allow (§3, §6.8).</summary>
    internal static OAuthError ClientDocumentUrlRefused { get; } =
        new(1053, "invalid_client", "The address by which the app that sent you here names itself is not accepted by this server.");

    /// <summary>The metadata document could not be fetched now (§4.3). Shown to the user, never redirected.</summary>
    internal static OAuthError ClientDocumentUnavailable(string host) =>
        new(1054, "invalid_client", $"The app describes itself at {host}, and that could not be fetched. Try again later.") { Host = host };

    /// <summary>The metadata document breaks a rule (§4.1). Shown to the user, never redirected.</summary>
    internal static OAuthError ClientDocumentInvalid(string host) =>
        new(
            1055,
            "invalid_client",
            $"The app describes itself at {host}, and that description breaks a rule. Its makers have to correct it."
        )
        {
            Host = host,
        };

    // management

    /// <summary>There is no such thing, or it is somebody else's.</summary>
    public static OAuthError NotFound { get; } = new(1047, "not_found", "Not found.", 404);

    /// <summary>A parameter of a list or a member of a body has an invalid value.</summary>
    internal static OAuthError InvalidField { get; } = new(1049, "invalid_request", "A field has an invalid value.");

    /// <summary>A client that stands in the configuration is not changed by the API.</summary>
    public static OAuthError ClientIsConfigured { get; } =
        new(1050, "conflict", "The client stands in the configuration of this server. Change it there.", 409);

    /// <summary>A change was made for another version of the client than the one that is there (RFC 9110 §13.1.1).</summary>
    public static OAuthError ClientVersionDiffers { get; } =
        new(1060, "precondition_failed", "The client has been changed since it was read.", 412);

    /// <summary>A change of a client lost against other changes of it, again and again.</summary>
    public static OAuthError ClientChangedMeanwhile { get; } =
        new(1061, "conflict", "The client is being changed by others at the same time. Read it and try again.", 409);

    /// <summary>A body that is not JSON by its content type.</summary>
    internal static OAuthError UnsupportedMediaType { get; } = new(1051, "invalid_request", "Send the request as application/json.", 415);

    /// <summary>The management API is mapped without a policy, so it answers nobody.</summary>
    internal static OAuthError ManagementUnprotected { get; } = new(1052, "server_error", "The management API has no policy.", 500);
}
