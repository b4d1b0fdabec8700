using System.Globalization;

namespace HQ.OAuth2;

/// <summary>The requested or registered members of a client: the metadata of RFC 7591 §2. Null and absent are the same.</summary>
public sealed partial record ClientMetadata : ClientMembers
{
    private const int MaxText = 256;
    private const int MaxItems = 50;

    /// <summary>Metadata in which every member is absent.</summary>
    public ClientMetadata() { }

    internal ClientMetadata(ClientMembers members)
        : base(members) { }

    /// <summary>Absent = <c>code</c> where the grant types have the authorization code.</summary>
    public IReadOnlyList<string>? ResponseTypes { get; init; }

    internal ClientType Type =>
        TokenEndpointAuthMethod == OAuthClientAuthenticationMethods.None ? ClientType.Public : ClientType.Confidential;

    internal static bool IsClientId(string text) =>
        text.Length is > 0 and <= 200 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or ':');

    /// <summary>The metadata of a client made in configuration, with the defaults of such clients.</summary>
    internal static ClientMetadata OfConfigured(ClientOptions client) =>
        new()
        {
            RedirectUris = [.. client.RedirectUris],
            TokenEndpointAuthMethod =
                client.TokenEndpointAuthMethod
                ?? (
                    client.Secret is not null || client.SecretHash is not null ? OAuthClientAuthenticationMethods.ClientSecretBasic
                    : client.Jwks is not null || client.JwksUri is not null ? OAuthClientAuthenticationMethods.PrivateKeyJwt
                    : OAuthClientAuthenticationMethods.None
                ),
            GrantTypes =
                client.GrantTypes.Count > 0 ? [.. client.GrantTypes] : [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken],
            Scope = client.Scopes.Count > 0 ? string.Join(' ', client.Scopes) : null,
            ClientName = client.ClientName,
            Jwks = client.Jwks,
            JwksUri = client.JwksUri,
            TokenEndpointAuthSigningAlg = client.TokenEndpointAuthSigningAlg,
            RequirePushedAuthorizationRequests = client.RequirePushedAuthorizationRequests,
            DpopBoundAccessTokens = client.DpopBoundAccessTokens ? true : null,
        };

    /// <summary>
    /// The metadata with every default set and every value checked against the policy, or the first error; each error names its member.
    /// </summary>
    internal Outcome<ClientMetadata> Checked(ClientPolicy policy)
    {
        var filled = policy.Narrows ? WithDefaults(policy).Narrowed(policy) : WithDefaults(policy);
        if (filled.Problems(policy).FirstOrDefault() is { } error)
            return error;
        return filled with
        {
            ResponseTypes = filled.FittingResponseTypes,
            RedirectUris = filled.RedirectUris ?? [],
            Scope = filled.Granted(policy)?.ToString(),
            // §2: of a set that has no key for signatures, nothing is registered.
            Jwks = filled.Jwks is { } jwks && JwkSet.TryRead(jwks, out var set, out _) && set.Keys.Count > 0 ? set.ToJson() : null,
        };
    }

    /// <summary>The client that this metadata, once it is checked, describes.</summary>
    internal Client ToClient(string clientId, ClientProvenance provenance, string? org, IReadOnlyList<ClientSecret> secrets) =>
        ToClient(clientId, Type) with
        {
            Provenance = provenance,
            Org = org,
            Secrets = secrets,
        };

    /// <summary>All errors of the metadata.</summary>
    internal IReadOnlyList<OAuthError> AllProblems(ClientPolicy policy) => [.. WithDefaults(policy).Problems(policy)];

    private string[] FittingResponseTypes => UsesCode ? ["code"] : [];

    private bool UsesCode => GrantTypes!.Contains(OAuthGrantTypes.AuthorizationCode);

    // §2: defaults; an unknown application_type is dropped
    private ClientMetadata WithDefaults(ClientPolicy policy) =>
        this with
        {
            TokenEndpointAuthMethod =
                TokenEndpointAuthMethod ?? (TokenEndpointAuthMethodsSupported is [var first, ..] ? first : policy.DefaultMethod),
            ApplicationType = ApplicationType is "web" or "native" ? ApplicationType : null,
            GrantTypes = GrantTypes is { Count: > 0 } ? Distinct(GrantTypes) : [OAuthGrantTypes.AuthorizationCode],
            RedirectUris = Distinct(RedirectUris),
            ResponseTypes = Distinct(ResponseTypes),
            Contacts = Distinct(Contacts),
        };

    // Duplicates are removed.
    private static string[]? Distinct(IReadOnlyList<string>? list) => list is null ? null : [.. list.Distinct(StringComparer.Ordinal)];

    // The known part of the scope it names, or the default when it names none.
    private ScopeSet? Granted(ClientPolicy policy) =>
        ScopeSet.Parse(Scope).Failed(out _, out var scope) ? ScopeSet.Empty
        : scope.IsEmpty ? policy.DefaultScope
        : scope.Intersect(policy.Scopes);

    private IEnumerable<OAuthError> Problems(ClientPolicy policy)
    {
        // §2: token_endpoint_auth_method, grant_types
        if (!policy.AllowsMethod(TokenEndpointAuthMethod!))
            yield return OAuthError.InvalidClientMetadata(
                "token_endpoint_auth_method",
                $"this server does not offer {OAuthError.Clean(Shown(TokenEndpointAuthMethod!))}; it has {string.Join(", ", policy.Methods ?? [])}"
            );
        if (GrantTypes!.Count > MaxItems)
            yield return OAuthError.InvalidClientMetadata("grant_types", $"at most {MaxItems}");
        if (GrantTypes!.Any(g => !policy.AllowsGrantType(g)))
            yield return OAuthError.InvalidClientMetadata("grant_types", "this server does not offer one of them to this client");
        if (Type == ClientType.Public && GrantTypes!.Contains(OAuthGrantTypes.ClientCredentials))
            yield return OAuthError.InvalidClientMetadata("grant_types", "client_credentials is for clients that authenticate");

        // §2.1: response_types belong to grant_types
        if (ResponseTypes is not null && !ResponseTypes.SequenceEqual(FittingResponseTypes))
            yield return OAuthError.InvalidClientMetadata(
                "response_types",
                UsesCode ? "must be code, for authorization_code" : "must be absent, without authorization_code"
            );

        // §2, §5: redirect_uris
        var uris = RedirectUris ?? [];
        if (UsesCode && uris.Count == 0)
            yield return OAuthError.InvalidRedirectUri("The authorization code grant needs redirect_uris.");
        if (uris.Count > MaxItems)
            yield return OAuthError.InvalidRedirectUri("There are more redirect_uris than any client needs.");
        foreach (var uri in uris.Take(MaxItems))
        {
            if (OAuth2.RedirectUris.Problem(uri, Type, policy.PrivateUseSchemes) is { } problem)
                yield return OAuthError.InvalidRedirectUri(problem);
        }

        // §2: scope
        if (ScopeSet.Parse(Scope).Failed(out _, out var scope))
            yield return OAuthError.InvalidClientMetadata("scope", "it is malformed");
        else if (!scope.IsEmpty && Granted(policy) is not { IsEmpty: false })
            yield return OAuthError.InvalidClientMetadata("scope", "none of it is known here");

        // §2, §5: texts and links
        foreach (var text in Texts)
        {
            if (text.Get(this) != text.Kept(this))
                yield return OAuthError.InvalidClientMetadata(text.Name, text.Rule.Problem);
        }

        foreach (var error in KeyProblems())
            yield return error;
        if (Contacts is { } contacts && (contacts.Count > MaxItems || !contacts.All(IsPlainText)))
            yield return OAuthError.InvalidClientMetadata("contacts", "too many or too long");
    }

    private static bool IsPlainText(string text) => text.Length <= MaxText && !text.Any(IsDeceptive);

    private static bool IsDeceptive(char c) =>
        char.IsControl(c)
        || c is '\u061c' or (>= '\u200e' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069')
        || char.GetUnicodeCategory(c) == UnicodeCategory.PrivateUse;
}
