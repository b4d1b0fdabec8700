namespace HQ.OAuth2;

/// <summary>Settings that contradict the profile of the host (FAPI 2.0 Security Profile §5.3.2): the server does not start with them.</summary>
internal static class ProfileRules
{
    private static readonly TimeSpan longestCode = TimeSpan.FromSeconds(60);

    /// <summary>The key, the value and the problem of each such setting.</summary>
    public static IEnumerable<(string Key, object Value, string Problem)> Contradictions(HqOAuth2Options options)
    {
        if (options.Profile != SecurityProfile.Fapi2)
            yield break;
        if (!options.PushedAuthorizationRequests)
            yield return ("pushedAuthorizationRequests", false, Demands("pushed requests", "true"));
        if (!options.RequirePkce)
            yield return ("requirePkce", false, Demands("PKCE", "true"));
        if (options.AuthorizationCodeLifetime > longestCode)
            yield return (
                "authorizationCodeLifetime",
                options.AuthorizationCodeLifetime,
                Demands("codes of 60 seconds at most", "00:01:00")
            );
        if (options.SigningAlgorithm == SigningAlgorithm.RS256)
            yield return ("signingAlgorithm", "RS256", Demands("ES256", "ES256"));
        if (options.AcceptTokenEndpointAudience)
            yield return ("acceptTokenEndpointAudience", true, Demands("the issuer as the only audience", "false"));
        if (options.UnauthenticatedIntrospection)
            yield return ("unauthenticatedIntrospection", true, Demands("callers that prove themselves", "false"));
        if (options.PersonalAccessTokens)
            yield return ("personalAccessTokens", true, Demands("tokens that are bound to keys", "false"));
        foreach (var client in options.Clients)
        {
            var method = ClientMetadata.OfConfigured(client).TokenEndpointAuthMethod!;
            if (!ServerSettings.IsStrong(method))
                yield return (
                    $"clients:{client.ClientId}:tokenEndpointAuthMethod",
                    method,
                    Demands("clients that prove themselves by keys", OAuthClientAuthenticationMethods.PrivateKeyJwt)
                );
            if (client.RequirePkce == false)
                yield return ($"clients:{client.ClientId}:requirePkce", false, Demands("PKCE", "true"));
        }
    }

    private static string Demands(string what, string instead) =>
        $"contradicts profile fapi2, which demands {what}: write {instead}, or leave the profile out";
}
