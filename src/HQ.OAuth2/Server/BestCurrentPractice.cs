namespace HQ.OAuth2;

/// <summary>
/// The places where the configuration of a host differs from RFC 9700. The server itself follows that document (docs/security.md#rfc-9700); a
/// setting can make it differ, and a recommendation that breaks most clients of today is off by default.
/// </summary>
internal static class BestCurrentPractice
{
    public static IEnumerable<Deviation> Deviations(HqOAuth2Options options)
    {
        var isFapi2 = options.Profile == SecurityProfile.Fapi2;
        if (!options.RequirePkce)
            yield return new("2.1.1", "requirePkce", "a confidential client may leave PKCE out", "write true, or leave the key out");
        foreach (var client in options.Clients.Where(c => c.RequirePkce == false))
            yield return new(
                "2.1.1",
                $"clients:{client.ClientId}:requirePkce",
                "this client may leave PKCE out",
                "write true, or leave the key out"
            );
        if (!isFapi2)
            yield return new(
                "2.2.1",
                "resources:requireDpop",
                "a client that sends no proof of a key gets bearer tokens, which work for a thief too, for each resource without it and for this server's own",
                "set it at each resource, or profile to fapi2 for all of them, when your clients send DPoP proofs"
            );
        if (options.Resources.Any(r => r.Identifier == ResourcePolicy.Any))
            yield return new("2.3", "resources:identifier", "* lets clients name any address as the audience", "list the resources");
        foreach (var client in options.Clients.Where(HasSecret))
            yield return new(
                "2.5",
                $"clients:{client.ClientId}",
                "this client proves itself by a secret that both sides know",
                "give it jwks or jwksUri instead (private_key_jwt)"
            );
        if (options.AllowPlainHttpBehindProxy)
            yield return new("2.6", "allowPlainHttpBehindProxy", "requests without TLS are answered", "use UseForwardedHeaders instead");
        foreach (var (key, url) in new[] { ("pages:logo", options.Pages.Logo), ("pages:stylesheet", options.Pages.Stylesheet) })
        {
            if (url?.StartsWith('/') == false)
                yield return new("4.2.4", key, "the pages load it from another origin", "serve it from this host, and write its path");
        }

        if (options.RefreshTokenLeeway > TimeSpan.Zero && !isFapi2)
            yield return new(
                "4.14.2",
                "refreshTokenLeeway",
                $"a spent refresh token is still accepted for {OptionText.Of(options.RefreshTokenLeeway)}",
                "write 0, if no client of yours has several processes or a bad network"
            );
    }

    private static bool HasSecret(ClientOptions client) =>
        OAuthClientAuthenticationMethods.IsSecret(ClientMetadata.OfConfigured(client).TokenEndpointAuthMethod!);

    /// <summary>A difference from RFC 9700.</summary>
    /// <param name="Section">The section of RFC 9700.</param>
    /// <param name="Key">The key of the configuration that decides it.</param>
    /// <param name="Difference">What is done here, in words.</param>
    /// <param name="Fix">What to change to follow the RFC.</param>
    internal sealed record Deviation(string Section, string Key, string Difference, string Fix);
}
