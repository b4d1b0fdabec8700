namespace HQ.OAuth2;

/// <summary>
/// Every rule a configuration must keep. Each problem is one sentence: the key, its value, and what to write instead. Values that are
/// secrets are not repeated.
/// </summary>
internal static class HqOAuth2OptionsValidator
{
    // All scopes in one scope parameter fit into a request line (8 kB), and into an encrypted access token that is still read.
    private const int MaxScopeText = 4000;

    // A form has at most 100 pairs, and a page with a box for each scope sends some of its own.
    private const int MaxChosenScopes = OAuthParameters.MaxPairs - 10;

    private static readonly TimeSpan day = TimeSpan.FromDays(1);
    private static readonly TimeSpan second = TimeSpan.FromSeconds(1);

    /// <param name="options">What is configured.</param>
    /// <param name="development">Whether secrets may stand in clear.</param>
    public static IEnumerable<string> Problems(HqOAuth2Options options, bool development) =>
        options.Unreadable.Concat(
            options.Enabled
                ?
                [
                    .. Server(options, development),
                    .. Times(options),
                    .. Pages(options.Pages),
                    .. ScopesAndResources(options),
                    .. Clients(options, development),
                ]
                : []
        );

    /// <summary>What the client store lacks for what is configured; null when nothing.</summary>
    public static string? StoreProblem(HqOAuth2Options options, IClientStore store) =>
        options.Dcr && store is not IClientRegistry
            ? Problem("dcr", true, $"is on, but {store.GetType()} cannot add clients: implement IClientRegistry, or set dcr to false")
            : null;

    private static IEnumerable<string> Server(HqOAuth2Options options, bool development)
    {
        if (!Issuer.TryParse(options.IssuerURL, out _, out var problem))
            yield return Problem("issuerURL", options.IssuerURL, problem);
        if (options.Dcr && string.IsNullOrWhiteSpace(options.DefaultOrg))
            yield return Problem(
                "defaultOrg",
                options.DefaultOrg,
                "is missing, and dcr is on: name the organization of self-registered clients, or set dcr to false"
            );
        if (options.BcryptWorkFactor is < ClientSecrets.MinWorkFactor or > ClientSecrets.MaxWorkFactor)
            yield return Problem(
                "bcryptWorkFactor",
                options.BcryptWorkFactor,
                $"must be {ClientSecrets.MinWorkFactor} to {ClientSecrets.MaxWorkFactor}"
            );
        if (
            options.ErrorURI is { } uri
            && (!Uri.TryCreate(uri, UriKind.Absolute, out _) || uri.Any(c => c is <= ' ' or > '~' or '"' or '\\'))
        )
            yield return Problem(
                "errorURI",
                uri,
                "is no absolute URI: write for instance https://app.example.com/errors#, or leave it out"
            );
        if (!Enum.IsDefined(options.SigningAlgorithm))
            yield return Problem("signingAlgorithm", options.SigningAlgorithm, "is unknown: use ES256 or RS256");
        if (!Enum.IsDefined(options.UnknownScopes))
            yield return Problem("unknownScopes", options.UnknownScopes, "is unknown: use leaveOut or refuse");
        if (!Enum.IsDefined(options.AccessTokenFormat))
            yield return Problem("accessTokenFormat", options.AccessTokenFormat, "is unknown: use jwt or opaque");
        if (options.InitialAccessTokens.Any(t => t.Length < 16 || !BearerTokens.IsToken68(t)))
            yield return Problem("initialAccessTokens", "(not shown)", "must be at least 16 characters of A-Z a-z 0-9 - . _ ~ + / each");
        foreach (var scheme in options.PrivateUseSchemes.Where(s => !RedirectUris.IsListableScheme(s)))
            yield return Problem(
                "privateUseSchemes",
                scheme,
                "cannot be allowed: list lower-case schemes of apps, never http, https, javascript, data, file and their like"
            );
        if (options.Documents.AllowLoopback && !development)
            yield return Problem(
                "documents:allowLoopback",
                true,
                "lets strangers have this machine ask itself: it is for tests, in Development only"
            );
        foreach (
            var (key, host) in options
                .Documents.AllowedHosts.Select(h => ("allowedHosts", h))
                .Concat(options.Documents.DeniedHosts.Select(h => ("deniedHosts", h)))
                .Where(h => !ClientDocumentUrl.IsHostPattern(h.Item2))
        )
            yield return Problem("documents:" + key, host, "is no host name: write app.example.com, or *.example.com for all below");
        foreach (
            var (key, value) in new[]
            {
                ("registrationsPerMinute", options.Limits.RegistrationsPerMinute),
                ("failedAuthenticationsPerMinute", options.Limits.FailedAuthenticationsPerMinute),
                ("documentFetchesPerMinute", options.Limits.DocumentFetchesPerMinute),
                ("bcryptConcurrency", options.Limits.BcryptConcurrency),
                ("selfRegisteredClients", options.Limits.SelfRegisteredClients),
            }.Where(limit => limit.Item2 < 0)
        )
            yield return Problem("limits:" + key, value, "is negative: use 0 for no limit");
        foreach (var network in options.Limits.Networks)
        {
            if (!NetworkLimits.CanBe(network.Network))
                yield return Problem(
                    "limits:networks:network",
                    network.Network,
                    "is no network: write an address and its bits, like 203.0.113.0/24 or 2001:db8::/32 (64 bits at most for IPv6)"
                );
            if (network.RegistrationsPerMinute < 0)
                yield return Problem(
                    "limits:networks:registrationsPerMinute",
                    network.RegistrationsPerMinute,
                    "is negative: use 0 for no limit"
                );
        }

        foreach (var name in options.Limits.Networks.Select(n => n.Network).Duplicates())
            yield return Problem("limits:networks:network", name, "is listed twice: remove one");
    }

    private static IEnumerable<string> Times(HqOAuth2Options options)
    {
        // The shortest of zero means that the key can be switched off.
        foreach (
            var (key, value, shortest, longest) in new[]
            {
                ("authorizationCodeLifetime", options.AuthorizationCodeLifetime, second, TimeSpan.FromMinutes(10)),
                ("accessTokenLifetime", options.AccessTokenLifetime, second, 90 * day),
                ("refreshTokenLifetime", options.RefreshTokenLifetime, second, 1830 * day),
                ("refreshTokenIdleLifetime", options.RefreshTokenIdleLifetime, second, 1830 * day),
                ("publicRefreshTokenLifetime", options.PublicRefreshTokenLifetime, second, 1830 * day),
                ("refreshTokenLeeway", options.RefreshTokenLeeway, TimeSpan.Zero, TimeSpan.FromHours(1)),
                ("rememberConsentFor", options.RememberConsentFor, TimeSpan.Zero, 1830 * day),
                ("unusedClientLifetime", options.UnusedClientLifetime, second, 3660 * day),
                ("neverApprovedClientLifetime", options.NeverApprovedClientLifetime, second, 3660 * day),
                ("signingKeyLifetime", options.SigningKeyLifetime, second, 1830 * day),
                ("signingKeyLeadTime", options.SigningKeyLeadTime, second, 365 * day),
                ("cacheKeysFor", options.CacheKeysFor, second, day),
                ("cacheClientsFor", options.CacheClientsFor, TimeSpan.Zero, TimeSpan.FromHours(1)),
                ("pruneEvery", options.PruneEvery, TimeSpan.Zero, 7 * day),
            }
        )
        {
            if (value < shortest)
                yield return Problem(
                    key,
                    value,
                    shortest > TimeSpan.Zero
                        ? "must be at least one second: write it as [d.]hh:mm:ss"
                        : "must not be negative: use 00:00:00 for none"
                );
            else if (value > longest)
                yield return Problem(key, value, $"is too long: {longest} at most");
        }

        if (options.SigningKeyLeadTime < 2 * options.CacheKeysFor)
            yield return Problem(
                "signingKeyLeadTime",
                options.SigningKeyLeadTime,
                $"is too short: twice cacheKeysFor ({options.CacheKeysFor}) at least, so that every node has a key before it signs"
            );
        if (options.SigningKeyLeadTime >= options.SigningKeyLifetime)
            yield return Problem(
                "signingKeyLeadTime",
                options.SigningKeyLeadTime,
                $"must be shorter than signingKeyLifetime ({options.SigningKeyLifetime})"
            );
        if ((options.Dcr || options.ClientIdMetadataDocuments) && options.UnusedClientLifetime < options.RefreshTokenIdleLifetime)
            yield return Problem(
                "unusedClientLifetime",
                options.UnusedClientLifetime,
                $"is shorter than refreshTokenIdleLifetime ({options.RefreshTokenIdleLifetime}): a client would go before its refresh tokens do"
            );
    }

    private static IEnumerable<string> Pages(PageOptions pages)
    {
        foreach (var (key, value) in new[] { ("color", pages.Color), ("darkColor", pages.DarkColor) })
        {
            if (value is not null && !(value.Length == 7 && value[0] == '#' && value.Skip(1).All(char.IsAsciiHexDigit)))
                yield return Problem("pages:" + key, value, "is no colour: write it as #rrggbb, for instance #1f5fbf");
        }

        foreach (var (key, value) in new[] { ("logo", pages.Logo), ("stylesheet", pages.Stylesheet) })
        {
            if (value is not null && !IsLocalPath(value) && !UriText.IsPlainHttpsUrl(value))
                yield return Problem("pages:" + key, value, "is neither a path of this host, like /brand/logo.svg, nor an https URL");
        }

        if (pages.ConsentPath is { } path && (!IsLocalPath(path) || path.Contains('?', StringComparison.Ordinal)))
            yield return Problem("pages:consentPath", path, "is no path of this host: write it like /consent, without a query");
    }

    // A browser reads "//host" and "/\host" as another host.
    private static bool IsLocalPath(string text) =>
        UriText.IsPlain(text)
        && text.StartsWith('/')
        && !text.StartsWith("//", StringComparison.Ordinal)
        && !text.Contains('#', StringComparison.Ordinal);

    private static IEnumerable<string> ScopesAndResources(HqOAuth2Options options)
    {
        foreach (var scope in options.Scopes.Where(s => !ScopeSet.IsToken(s.Name)))
            yield return Problem("scopes:name", scope.Name, "is no scope token: use printable ASCII without space, quote and backslash");
        foreach (var name in options.Scopes.Select(s => s.Name).Duplicates())
            yield return Problem("scopes:name", name, "is listed twice: remove one");
        if (options.Scopes.Count > ScopeSet.MaxTokens)
            yield return Problem(
                "scopes",
                $"{options.Scopes.Count} scopes",
                $"is more than a request can ask for: list {ScopeSet.MaxTokens} at most"
            );
        if (options.Scopes.Sum(s => s.Name.Length + 1) > MaxScopeText)
            yield return Problem(
                "scopes",
                $"{options.Scopes.Count} scopes",
                $"is too much text for a request and a token: use shorter names, {MaxScopeText} characters in all, with a space between two"
            );
        if (options.Pages.ChooseScopes && options.Scopes.Count > MaxChosenScopes)
            yield return Problem(
                "pages:chooseScopes",
                true,
                $"is for {MaxChosenScopes} scopes at most, and there are {options.Scopes.Count}: set it to false, or list fewer scopes"
            );
        if (options.DefaultResource is { } resource && !ResourcePolicy.IsResourceUri(resource))
            yield return Problem("defaultResource", resource, "is no absolute URI without fragment");
        foreach (var name in options.Resources.Select(r => r.Identifier).Duplicates())
            yield return Problem("resources:identifier", name, "is listed twice: remove one");
        foreach (var entry in options.Resources)
        {
            if (entry.Identifier != ResourcePolicy.Any && !ResourcePolicy.IsResourceUri(entry.Identifier))
                yield return Problem("resources:identifier", entry.Identifier, "is no absolute URI without fragment (or * for any)");
            foreach (var scope in entry.Scopes.Where(s => options.Scopes.All(known => known.Name != s)))
                yield return Problem($"resources:{entry.Identifier}:scopes", scope, "is not in scopes: add it there or remove it here");
        }
    }

    private static IEnumerable<string> Clients(HqOAuth2Options options, bool development)
    {
        foreach (var name in options.Clients.Select(c => c.ClientId).Duplicates())
            yield return Problem("clients:clientId", name, "is used twice: client ids are unique");
        var policy = ClientPolicy.ForApi(new ServerSettings(options));
        foreach (var client in options.Clients)
        {
            var key = $"clients:{client.ClientId}";
            if (!ClientMetadata.IsClientId(client.ClientId))
                yield return Problem("clients:clientId", client.ClientId, "must be 1 to 200 characters of A-Z a-z 0-9 - . _ ~ :");
            if (client.Secret is not null && !development)
                yield return Problem(key + ":secret", "(not shown)", "stands in clear outside Development: use secretHash, a bcrypt hash");
            if (client.Secret is not null && client.SecretHash is not null)
                yield return Problem(key + ":secret", "(not shown)", "and secretHash are both set: keep one");
            if (client.Secret is { } secret && !ClientSecrets.Fits(secret))
                yield return Problem(key + ":secret", "(not shown)", "must be 1 to 72 bytes of UTF-8, since bcrypt reads no more");
            if (client.SecretHash is { } hash && !ClientSecrets.IsUsableHash(hash))
                yield return Problem(
                    key + ":secretHash",
                    "(not shown)",
                    $"is no bcrypt hash with a work factor from {ClientSecrets.MinWorkFactor} to {ClientSecrets.MaxWorkFactor}"
                );
            foreach (var scope in client.Scopes.Where(s => options.Scopes.All(known => known.Name != s)))
                yield return Problem(key + ":scopes", scope, "is not in scopes: add it there or remove it here");
            if (ClientMetadata.OfConfigured(client).Checked(policy).Error is { } error)
                yield return Problem(key, error.Code, error.Description);
        }
    }

    private static string Problem(string key, object? value, string fix) =>
        $"{HqOAuth2Options.Section}:{key} = {value ?? "(nothing)"} {fix}.";

    private static IEnumerable<string> Duplicates(this IEnumerable<string> names) =>
        names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key);
}
