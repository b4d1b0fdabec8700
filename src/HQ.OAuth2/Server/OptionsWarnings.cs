namespace HQ.OAuth2;

/// <summary>
/// Settings that work and weaken the server: a start says each of them, with its value and the consequence (RFC 9700). Values that are
/// secrets are not repeated.
/// </summary>
internal static class OptionsWarnings
{
    private static readonly TimeSpan year = TimeSpan.FromDays(366);

    public static IEnumerable<OptionsWarning> Of(HqOAuth2Options options) =>
        [.. Protection(options), .. Times(options), .. Limits(options), .. Clients(options)];

    private static IEnumerable<OptionsWarning> Protection(HqOAuth2Options options)
    {
        if (options.UnauthenticatedIntrospection)
            yield return new(
                "unauthenticatedIntrospection",
                true,
                "anybody who has an access token can read it (RFC 7662 §2.1 forbids that)"
            );
        if (!options.RequirePkce)
            yield return new(
                "requirePkce",
                false,
                "a confidential client may leave PKCE out, and then a stolen code can be injected into another session of that client (RFC 9700 §2.1.1)"
            );
        if (options.AllowPlainHttpBehindProxy && UriText.IsHttps(options.IssuerURL!))
            yield return new(
                "allowPlainHttpBehindProxy",
                true,
                "codes, secrets and tokens are accepted over plain http from every machine that reaches this port; UseForwardedHeaders with the proxy's address is safer"
            );
        if (options.Resources.Any(r => r.Identifier == ResourcePolicy.Any))
            yield return new(
                "resources:identifier",
                ResourcePolicy.Any,
                "clients get tokens for any address they name, so an API of somebody else may receive tokens of your users (RFC 8707 §2)"
            );
        if (options.Scopes.Count == 0)
            yield return new("scopes", "(none)", "no client can get a token: add at least one scope");
        if (options.Documents.RememberConsent && options.ClientIdMetadataDocuments)
            yield return new(
                "documents:rememberConsent",
                true,
                "users are not asked again for an app that nobody here registered, while its document stays the same"
            );
        if (options.BcryptWorkFactor < 8)
            yield return new(
                "bcryptWorkFactor",
                options.BcryptWorkFactor,
                "client secrets that people choose can be guessed fast by somebody who has stolen the database"
            );
    }

    private static IEnumerable<OptionsWarning> Times(HqOAuth2Options options)
    {
        if (options.RefreshTokenLeeway > TimeSpan.FromMinutes(5))
            yield return new(
                "refreshTokenLeeway",
                options.RefreshTokenLeeway,
                "two holders of one refresh token who come within so long of each other are both served, so a theft is noticed late or not at all (RFC 9700 §4.14.2)"
            );
        if (options.AccessTokenLifetime > TimeSpan.FromHours(1))
            yield return new(
                "accessTokenLifetime",
                options.AccessTokenLifetime,
                "an API that verifies tokens offline accepts a revoked or stolen token for so long"
            );
        if (options.AuthorizationCodeLifetime > TimeSpan.FromMinutes(5))
            yield return new("authorizationCodeLifetime", options.AuthorizationCodeLifetime, "a stolen code can be used for so long");
        foreach (
            var (key, value) in new[]
            {
                ("refreshTokenLifetime", options.RefreshTokenLifetime),
                ("refreshTokenIdleLifetime", options.RefreshTokenIdleLifetime),
                ("publicRefreshTokenLifetime", options.PublicRefreshTokenLifetime),
            }.Where(t => t.Item2 > year)
        )
            yield return new(key, value, "a refresh token that was stolen and that nobody misses works for so long");
        if (options.RememberConsentFor > year)
            yield return new("rememberConsentFor", options.RememberConsentFor, "users are not asked again for so long");
        if (options.CacheClientsFor > TimeSpan.FromMinutes(5))
            yield return new(
                "cacheClientsFor",
                options.CacheClientsFor,
                "a client that was disabled or changed at another node counts as before for so long"
            );
        if (options.SigningKeyLifetime > year)
            yield return new("signingKeyLifetime", options.SigningKeyLifetime, "a signing key that was stolen signs tokens for so long");
        if (options.PruneEvery == TimeSpan.Zero)
            yield return new("pruneEvery", options.PruneEvery, "what has expired is never removed, so the stores grow without limit");
    }

    private static IEnumerable<OptionsWarning> Limits(HqOAuth2Options options)
    {
        var limits = options.Limits;
        if (limits.FailedAuthenticationsPerMinute == 0)
            yield return new("limits:failedAuthenticationsPerMinute", 0, "client secrets can be guessed as fast as this server answers");
        if (limits.BcryptConcurrency == 0)
            yield return new("limits:bcryptConcurrency", 0, "wrong client secrets can occupy every core");
        if (options.Dcr && limits.RegistrationsPerMinute == 0 && options.InitialAccessTokens.Count == 0)
            yield return new("limits:registrationsPerMinute", 0, "anybody can fill the client store as fast as this server answers");
        if (options.Dcr && limits.SelfRegisteredClients == 0 && options.InitialAccessTokens.Count == 0)
            yield return new("limits:selfRegisteredClients", 0, "the client store grows as long as somebody registers clients");
        if (options.ClientIdMetadataDocuments && limits.DocumentFetchesPerMinute == 0)
            yield return new(
                "limits:documentFetchesPerMinute",
                0,
                "users can make this server send any number of requests to a host they name"
            );
    }

    private static IEnumerable<OptionsWarning> Clients(HqOAuth2Options options) =>
        options
            .Clients.Where(c => c.RequirePkce == false)
            .Select(c => new OptionsWarning(
                $"clients:{c.ClientId}:requirePkce",
                false,
                "it may leave PKCE out, and then a stolen code can be injected into another session of it (RFC 9700 §2.1.1)"
            ));
}

/// <summary>A setting that weakens the server.</summary>
/// <param name="Key">Its name below the section.</param>
/// <param name="Value">What is configured.</param>
/// <param name="Consequence">What follows from that, for an operator.</param>
internal sealed record OptionsWarning(string Key, object Value, string Consequence);
