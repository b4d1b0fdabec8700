using static HQ.OAuth2.OptionText;

namespace HQ.OAuth2;

/// <summary>
/// Every rule of the configuration: the rules about a single key are in the rows of <see cref="ServerOptionTable"/>, those about several keys
/// are here. Each problem is one sentence: the key, its value, and what to write instead. Secret values are not repeated.
/// </summary>
internal static class HqOAuth2OptionsRules
{
    // All scopes in one scope parameter fit into a request line (8 kB), and into an encrypted access token that this server still reads.
    private const int MaxScopeText = 4000;

    // A form has at most 100 pairs; a page with a box for each scope also sends some fields of its own.
    private const int MaxChosenScopes = OAuthParameters.MaxPairs - 10;

    /// <param name="options">The configured options.</param>
    /// <param name="development">Whether secrets in clear text are allowed.</param>
    public static IEnumerable<string> Problems(HqOAuth2Options options, bool development) =>
        options.Unreadable.Concat(
            options.Enabled
                ?
                [
                    // Secrets are not shown, so two that break the same rule give the same sentence.
                    .. ServerOptionTable.Rows.Problems(options, "").Distinct(),
                    .. Server(options, development),
                    .. Times(options),
                    .. Scopes(options),
                    .. Resources(options),
                    .. Clients(options, development),
                    .. ProfileRules.Contradictions(options).Select(p => Problem(p.Key, p.Value, p.Problem)),
                ]
                : []
        );

    /// <summary>The capability that the client store lacks for this configuration; null when none.</summary>
    public static string? StoreProblem(HqOAuth2Options options, IClientStore store) =>
        options.Dcr && store is not IClientRegistry
            ? Problem("dcr", true, $"is on, but {store.GetType()} cannot add clients: implement IClientRegistry, or set dcr to false")
            : null;

    private static IEnumerable<string> Server(HqOAuth2Options options, bool development)
    {
        if (options.Dcr && string.IsNullOrWhiteSpace(options.DefaultOrg))
            yield return Problem(
                "defaultOrg",
                options.DefaultOrg,
                "is missing, and dcr is on: name the organization of self-registered clients, or set dcr to false"
            );
        if (options.RequirePushedAuthorizationRequests && !options.PushedAuthorizationRequests)
            yield return Problem(
                "requirePushedAuthorizationRequests",
                true,
                "is on, and pushedAuthorizationRequests is off: no client could connect, so set that to true, or this to false"
            );
        if (options.Documents.AllowLoopback && !development)
            yield return Problem(
                "documents:allowLoopback",
                true,
                "lets anonymous callers make this machine send requests to itself: it is for tests, in Development only"
            );
        foreach (var name in options.Limits.Networks.Select(n => n.Network).Duplicates())
            yield return Problem("limits:networks:network", name, "is listed twice: remove one");
    }

    private static IEnumerable<string> Times(HqOAuth2Options options)
    {
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

    private static IEnumerable<string> Scopes(HqOAuth2Options options)
    {
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
    }

    private static IEnumerable<string> Resources(HqOAuth2Options options)
    {
        foreach (var name in options.Resources.Select(r => r.Identifier).Duplicates())
            yield return Problem("resources:identifier", name, "is listed twice: remove one");
        foreach (var entry in options.Resources)
        {
            foreach (var scope in entry.Scopes.Where(s => options.Scopes.All(known => known.Name != s)))
                yield return Problem($"resources:{entry.Identifier}:scopes", scope, "is not in scopes: add it there or remove it here");
        }
    }

    private static IEnumerable<string> Clients(HqOAuth2Options options, bool development)
    {
        foreach (var name in options.Clients.Select(c => c.ClientId).Duplicates())
            yield return Problem("clients:clientId", name, "is used twice: client ids are unique");
        if (options.PersonalAccessTokens && options.Clients.Any(c => c.ClientId == PersonalTokenClient.Id))
            yield return Problem("clients:clientId", PersonalTokenClient.Id, "is that of personal access tokens: choose another");
        var policy = ClientPolicy.ForApi(new ServerSettings(options));
        foreach (var client in options.Clients)
        {
            var key = $"clients:{client.ClientId}";
            if (client.Secret is not null && !development)
                yield return Problem(key + ":secret", "(not shown)", "stands in clear outside Development: use secretHash, a bcrypt hash");
            if (client.Secret is not null && client.SecretHash is not null)
                yield return Problem(key + ":secret", "(not shown)", "and secretHash are both set: keep one");
            foreach (var scope in client.Scopes.Where(s => options.Scopes.All(known => known.Name != s)))
                yield return Problem(key + ":scopes", scope, "is not in scopes: add it there or remove it here");
            if (ClientMetadata.OfConfigured(client).Checked(policy).Error is { } error)
                yield return Problem(key, error.Code, error.Description);
        }
    }

    private static IEnumerable<string> Duplicates(this IEnumerable<string> names) =>
        names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key);
}
