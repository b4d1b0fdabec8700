using static HQ.OAuth2.OptionRules;

namespace HQ.OAuth2;

/// <summary>The keys of <c>auth:oauth2:authorizationServer</c>, in README's order. A new option is its property and its row here.</summary>
internal static class ServerOptionTable
{
    public static readonly OptionTable<HqOAuth2Options> Rows = new OptionTable<HqOAuth2Options>()
        .Bool("enabled", o => o.Enabled, (o, v) => o.Enabled = v)
        .Text(
            "issuerURL",
            o => o.IssuerURL,
            (o, v) => o.IssuerURL = v,
            new(text => Issuer.TryParse(text, out _, out var problem) ? null : problem)
        )
        .Bool("dcr", o => o.Dcr, (o, v) => o.Dcr = v)
        .Text("defaultOrg", o => o.DefaultOrg, (o, v) => o.DefaultOrg = v)
        .Texts(
            "initialAccessTokens",
            o => o.InitialAccessTokens,
            new(
                text =>
                    text.Length >= 16 && BearerTokens.IsToken68(text)
                        ? null
                        : "must be at least 16 characters of A-Z a-z 0-9 - . _ ~ + / each",
                "at least 16 characters of `A-Z a-z 0-9 - . _ ~ + /` each"
            ),
            secret: true
        )
        .Bool("dcrManagement", o => o.DcrManagement, (o, v) => o.DcrManagement = v)
        .Bool("clientIdMetadataDocuments", o => o.ClientIdMetadataDocuments, (o, v) => o.ClientIdMetadataDocuments = v)
        .Members("documents", o => o.Documents, ClientDocumentOptionTable.Rows)
        .Bool("deviceAuthorization", o => o.DeviceAuthorization, (o, v) => o.DeviceAuthorization = v)
        .Bool("selfRegisteredDevices", o => o.SelfRegisteredDevices, (o, v) => o.SelfRegisteredDevices = v)
        .Bool("personalAccessTokens", o => o.PersonalAccessTokens, (o, v) => o.PersonalAccessTokens = v)
        .Bool("pushedAuthorizationRequests", o => o.PushedAuthorizationRequests, (o, v) => o.PushedAuthorizationRequests = v)
        .Bool(
            "requirePushedAuthorizationRequests",
            o => o.RequirePushedAuthorizationRequests,
            (o, v) => o.RequirePushedAuthorizationRequests = v
        )
        .Bool("rootMetadata", o => o.RootMetadata, (o, v) => o.RootMetadata = v)
        .Bool(
            "unauthenticatedIntrospection",
            o => o.UnauthenticatedIntrospection,
            (o, v) => o.UnauthenticatedIntrospection = v,
            Being<bool?>(true, "anybody who has an access token can read it (RFC 7662 §2.1 forbids that)")
        )
        .Items("scopes", o => o.Scopes, ScopeOptionTable.Rows)
        .Word(
            "unknownScopes",
            o => o.UnknownScopes,
            (o, v) => o.UnknownScopes = v,
            ("leaveOut", UnknownScopes.LeaveOut),
            ("refuse", UnknownScopes.Refuse)
        )
        .Items("resources", o => o.Resources, ResourceOptionTable.Rows)
        .Text(
            "defaultResource",
            o => o.DefaultResource,
            (o, v) => o.DefaultResource = v,
            Text(ResourcePolicy.IsResourceUri, "is no absolute URI without fragment")
        )
        .Items("clients", o => o.Clients, ClientOptionTable.Rows)
        .Word(
            "accessTokenFormat",
            o => o.AccessTokenFormat,
            (o, v) => o.AccessTokenFormat = v,
            ("jwt", AccessTokenFormat.Jwt),
            ("opaque", AccessTokenFormat.Opaque)
        )
        .Word(
            "signingAlgorithm",
            o => o.SigningAlgorithm,
            (o, v) => o.SigningAlgorithm = v,
            ("ES256", SigningAlgorithm.ES256),
            ("RS256", SigningAlgorithm.RS256)
        )
        .Text(
            "publishedKeys",
            o => o.PublishedKeys,
            (o, v) => o.PublishedKeys = v,
            new(OtherServerKeys.Problem),
            new(
                keys => !string.IsNullOrEmpty(keys),
                "APIs that verify by /oauth2/jwks accept tokens of this issuer that somebody signs with the private keys of these, without this server, which cannot revoke them: remove it when the last token of the other server has ended",
                "any value is warned about"
            ),
            secret: true
        )
        .Also(LifetimeOptionTable.Rows)
        .Word("profile", o => o.Profile, (o, v) => o.Profile = v, ("none", SecurityProfile.None), ("fapi2", SecurityProfile.Fapi2))
        .Bool(
            "requirePkce",
            o => o.RequirePkce,
            (o, v) => o.RequirePkce = v,
            Being<bool?>(
                false,
                "a confidential client may leave PKCE out, and then a stolen code can be injected into another session of that client (RFC 9700 §2.1.1)"
            )
        )
        .Bool(
            "acceptTokenEndpointAudience",
            o => o.AcceptTokenEndpointAudience,
            (o, v) => o.AcceptTokenEndpointAudience = v,
            Being<bool?>(
                true,
                "a hostile server that a client trusts can name this token endpoint as its own and use the client's assertions here (draft-ietf-oauth-rfc7523bis §7)"
            )
        )
        .Bool("requireDpopNonce", o => o.RequireDpopNonce, (o, v) => o.RequireDpopNonce = v)
        .Texts(
            "privateUseSchemes",
            o => o.PrivateUseSchemes,
            new(text =>
                RedirectUris.IsListableScheme(text)
                    ? null
                    : "cannot be allowed: list lower-case schemes of apps, never http, https, javascript, data, file and their like"
            ),
            adds: true
        )
        .Number(
            "bcryptWorkFactor",
            o => o.BcryptWorkFactor,
            (o, v) => o.BcryptWorkFactor = v,
            Between(ClientSecrets.MinWorkFactor, ClientSecrets.MaxWorkFactor),
            new(
                n => n < 8,
                "client secrets that people choose can be guessed fast by somebody who has stolen the database",
                "less than 8 is warned about"
            )
        )
        .Bool("tellRefreshExpiry", o => o.TellRefreshExpiry, (o, v) => o.TellRefreshExpiry = v)
        .Text("subjectClaim", o => o.SubjectClaim, (o, v) => o.SubjectClaim = v)
        .Text(
            "organizationClaim",
            o => o.OrganizationClaim,
            (o, v) => o.OrganizationClaim = v,
            new(name =>
                name is { Length: > 0 and <= 100 } && !TokenClaims.IsOurs(name)
                    ? null
                    : "must have 1 to 100 characters, and not be the name of another claim of this server: leave it out for org_id"
            )
        )
        .Text("authenticationScheme", o => o.AuthenticationScheme, (o, v) => o.AuthenticationScheme = v)
        .Bool("allowPlainHttpBehindProxy", o => o.AllowPlainHttpBehindProxy, (o, v) => o.AllowPlainHttpBehindProxy = v)
        .Bool("explainErrors", o => o.ExplainErrors, (o, v) => o.ExplainErrors = v)
        .Text(
            "errorURI",
            o => o.ErrorURI,
            (o, v) => o.ErrorURI = v,
            Text(
                uri =>
                    Uri.TryCreate(uri, UriKind.Absolute, out _)
                    && !uri.Any(c => c is <= ' ' or > '~' or '"' or '\\')
                    && uri[^1] is '/' or '#',
                "is no absolute URI that ends in / or #: write for instance https://app.example.com/errors/, or leave it out"
            )
        )
        .Bool("doctor", o => o.Doctor, (o, v) => o.Doctor = v)
        .Members("pages", o => o.Pages, PageOptionTable.Rows)
        .Members("limits", o => o.Limits, LimitOptionTable.Rows);
}
