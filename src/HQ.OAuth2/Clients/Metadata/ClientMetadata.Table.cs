namespace HQ.OAuth2;

// Each member with its name and its rule. Reading, checking, leaving out and logging use these tables.
public sealed partial record ClientMetadata
{
    // §2: texts that users read or that name something; §5: they all are unverified statements of the client. Users read the name, so it is
    // cleaned; an identifier is kept unchanged or left out.
    private static readonly TextRule displayName = new(Cleaned, NotPlain);
    private static readonly TextRule plain = new(text => IsPlainText(text) ? text : null, NotPlain);
    private static readonly TextRule link = new(text => UriText.IsPlainHttpsUrl(text) ? text : null, "must be a plain https URL");

    // The members of the protocol have rules of their own.
    private static readonly TextRule own = new(text => text, "");

    private static string NotPlain => $"at most {MaxText} characters, without control and text-direction characters";

    internal static readonly IReadOnlyList<TextMember> Texts =
    [
        new("token_endpoint_auth_method", own, m => m.TokenEndpointAuthMethod, (m, v) => m with { TokenEndpointAuthMethod = v }),
        new("scope", own, m => m.Scope, (m, v) => m with { Scope = v }),
        new("application_type", own, m => m.ApplicationType, (m, v) => m with { ApplicationType = v }),
        new("client_name", displayName, m => m.ClientName, (m, v) => m with { ClientName = v }),
        new("client_uri", link, m => m.ClientUri, (m, v) => m with { ClientUri = v }),
        new("logo_uri", link, m => m.LogoUri, (m, v) => m with { LogoUri = v }),
        new("tos_uri", link, m => m.TosUri, (m, v) => m with { TosUri = v }),
        new("policy_uri", link, m => m.PolicyUri, (m, v) => m with { PolicyUri = v }),
        new("software_id", plain, m => m.SoftwareId, (m, v) => m with { SoftwareId = v }),
        new("software_version", plain, m => m.SoftwareVersion, (m, v) => m with { SoftwareVersion = v }),
        new(
            "token_endpoint_auth_signing_alg",
            plain,
            m => m.TokenEndpointAuthSigningAlg,
            (m, v) => m with { TokenEndpointAuthSigningAlg = v }
        ),
        new("jwks_uri", link, m => m.JwksUri, (m, v) => m with { JwksUri = v }),
    ];

    internal static readonly IReadOnlyList<FlagMember> Flags =
    [
        new("require_pushed_authorization_requests", (m, v) => m with { RequirePushedAuthorizationRequests = v }),
        new("dpop_bound_access_tokens", (m, v) => m with { DpopBoundAccessTokens = v }),
    ];

    internal static readonly IReadOnlyList<ListMember> Lists =
    [
        new("redirect_uris", (m, v) => m with { RedirectUris = v }),
        new("token_endpoint_auth_methods_supported", (m, v) => m with { TokenEndpointAuthMethodsSupported = v }),
        new("grant_types", (m, v) => m with { GrantTypes = v }),
        new("response_types", (m, v) => m with { ResponseTypes = v }),
        new("contacts", (m, v) => m with { Contacts = v }),
    ];

    /// <param name="Keep">The part of a text that is kept; the same text if it is valid, null = nothing.</param>
    /// <param name="Problem">The error of a text from which something is left out.</param>
    internal sealed record TextRule(Func<string, string?> Keep, string Problem);

    internal sealed record TextMember(
        string Name,
        TextRule Rule,
        Func<ClientMetadata, string?> Get,
        Func<ClientMetadata, string?, ClientMetadata> Set
    )
    {
        public string? Kept(ClientMetadata metadata) => Get(metadata) is { } text ? Rule.Keep(text) : null;
    }

    internal sealed record FlagMember(string Name, Func<ClientMetadata, bool?, ClientMetadata> Set);

    internal sealed record ListMember(string Name, Func<ClientMetadata, IReadOnlyList<string>?, ClientMetadata> Set);
}
