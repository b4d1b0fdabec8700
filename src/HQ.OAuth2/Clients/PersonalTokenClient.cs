namespace HQ.OAuth2;

/// <summary>
/// The client that stands behind personal access tokens, so that their rows are found, listed and ended like all others. It may use no grant and
/// has no redirect URI; as a public client it may revoke a token, so everybody who finds a leaked one can end it (RFC 7009 §2.1).
/// </summary>
internal static class PersonalTokenClient
{
    public const string Id = "personal-access-token";

    public static Client Value { get; } =
        new()
        {
            ClientId = Id,
            ClientName = "Personal access token",
            Type = ClientType.Public,
            TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.None,
            GrantTypes = [],
        };
}
