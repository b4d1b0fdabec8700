using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace HQ.OAuth2;

/// <summary>
/// Reads the configuration: the tables below are every key there is. A key that is in none of them, or a value that does not read,
/// stops the start with a sentence.
/// </summary>
internal static class ConfigurationReader
{
    private static readonly (string, AccessTokenFormat)[] formats = [("jwt", AccessTokenFormat.Jwt), ("opaque", AccessTokenFormat.Opaque)];

    private static readonly (string, SigningAlgorithm)[] algorithms =
    [
        ("ES256", SigningAlgorithm.ES256),
        ("RS256", SigningAlgorithm.RS256),
    ];

    private static readonly (string, UnknownScopes)[] unknownScopes =
    [
        ("leaveOut", UnknownScopes.LeaveOut),
        ("refuse", UnknownScopes.Refuse),
    ];

    private static readonly Dictionary<string, Action<ScopeOptions, Value>> scopeKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["name"] = (o, v) => v.Text(x => o.Name = x),
        ["description"] = (o, v) => v.Text(x => o.Description = x),
        ["destructive"] = (o, v) => v.Bool(x => o.Destructive = x),
        ["default"] = (o, v) => v.Bool(x => o.Default = x),
    };

    private static readonly Dictionary<string, Action<ResourceOptions, Value>> resourceKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["identifier"] = (o, v) => v.Text(x => o.Identifier = x),
        ["name"] = (o, v) => v.Text(x => o.Name = x),
        ["scopes"] = (o, v) => v.Texts(o.Scopes),
        ["accessTokenFormat"] = (o, v) => v.OneOf(formats, x => o.AccessTokenFormat = x),
    };

    private static readonly Dictionary<string, Action<ClientOptions, Value>> clientKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["clientId"] = (o, v) => v.Text(x => o.ClientId = x),
        ["clientName"] = (o, v) => v.Text(x => o.ClientName = x),
        ["org"] = (o, v) => v.Text(x => o.Org = x),
        ["secretHash"] = (o, v) => v.Text(x => o.SecretHash = x),
        ["secret"] = (o, v) => v.Text(x => o.Secret = x),
        ["tokenEndpointAuthMethod"] = (o, v) => v.Text(x => o.TokenEndpointAuthMethod = x),
        ["redirectUris"] = (o, v) => v.Texts(o.RedirectUris),
        ["grantTypes"] = (o, v) => v.Texts(o.GrantTypes),
        ["scopes"] = (o, v) => v.Texts(o.Scopes),
        ["introspects"] = (o, v) => v.Texts(o.Introspects),
        ["trusted"] = (o, v) => v.Bool(x => o.Trusted = x),
        ["requirePkce"] = (o, v) => v.Bool(x => o.RequirePkce = x),
    };

    private static readonly Dictionary<string, Action<NetworkLimitOptions, Value>> networkKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["network"] = (o, v) => v.Text(x => o.Network = x),
        ["registrationsPerMinute"] = (o, v) => v.Number(x => o.RegistrationsPerMinute = x),
    };

    private static readonly Dictionary<string, Action<LimitOptions, Value>> limitKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["registrationsPerMinute"] = (o, v) => v.Number(x => o.RegistrationsPerMinute = x),
        ["failedAuthenticationsPerMinute"] = (o, v) => v.Number(x => o.FailedAuthenticationsPerMinute = x),
        ["documentFetchesPerMinute"] = (o, v) => v.Number(x => o.DocumentFetchesPerMinute = x),
        ["bcryptConcurrency"] = (o, v) => v.Number(x => o.BcryptConcurrency = x),
        ["networks"] = (o, v) => v.Items(o.Networks, networkKeys),
        ["selfRegisteredClients"] = (o, v) => v.Number(x => o.SelfRegisteredClients = x),
    };

    private static readonly Dictionary<string, Action<ClientDocumentOptions, Value>> documentKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["allowedHosts"] = (o, v) => v.Texts(o.AllowedHosts),
        ["deniedHosts"] = (o, v) => v.Texts(o.DeniedHosts),
        ["sameOrigin"] = (o, v) => v.Bool(x => o.SameOrigin = x),
        ["rememberConsent"] = (o, v) => v.Bool(x => o.RememberConsent = x),
        ["allowLoopback"] = (o, v) => v.Bool(x => o.AllowLoopback = x),
    };

    private static readonly Dictionary<string, Action<PageOptions, Value>> pageKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["serviceName"] = (o, v) => v.Text(x => o.ServiceName = x),
        ["logo"] = (o, v) => v.Text(x => o.Logo = x),
        ["color"] = (o, v) => v.Text(x => o.Color = x),
        ["darkColor"] = (o, v) => v.Text(x => o.DarkColor = x),
        ["stylesheet"] = (o, v) => v.Text(x => o.Stylesheet = x),
        ["chooseScopes"] = (o, v) => v.Bool(x => o.ChooseScopes = x),
        ["consentPath"] = (o, v) => v.Text(x => o.ConsentPath = x),
    };

    private static readonly Dictionary<string, Action<HqOAuth2Options, Value>> serverKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["enabled"] = (o, v) => v.Bool(x => o.Enabled = x),
        ["issuerURL"] = (o, v) => v.Text(x => o.IssuerURL = x),
        ["dcr"] = (o, v) => v.Bool(x => o.Dcr = x),
        ["defaultOrg"] = (o, v) => v.Text(x => o.DefaultOrg = x),
        ["initialAccessTokens"] = (o, v) => v.Texts(o.InitialAccessTokens),
        ["clientIdMetadataDocuments"] = (o, v) => v.Bool(x => o.ClientIdMetadataDocuments = x),
        ["documents"] = (o, v) => v.Members(o.Documents, documentKeys),
        ["dcrManagement"] = (o, v) => v.Bool(x => o.DcrManagement = x),
        ["rootMetadata"] = (o, v) => v.Bool(x => o.RootMetadata = x),
        ["unauthenticatedIntrospection"] = (o, v) => v.Bool(x => o.UnauthenticatedIntrospection = x),
        ["scopes"] = (o, v) => v.Items(o.Scopes, scopeKeys),
        ["unknownScopes"] = (o, v) => v.OneOf(unknownScopes, x => o.UnknownScopes = x),
        ["resources"] = (o, v) => v.Items(o.Resources, resourceKeys),
        ["defaultResource"] = (o, v) => v.Text(x => o.DefaultResource = x),
        ["clients"] = (o, v) => v.Items(o.Clients, clientKeys),
        ["authorizationCodeLifetime"] = (o, v) => v.Time(x => o.AuthorizationCodeLifetime = x),
        ["accessTokenLifetime"] = (o, v) => v.Time(x => o.AccessTokenLifetime = x),
        ["accessTokenFormat"] = (o, v) => v.OneOf(formats, x => o.AccessTokenFormat = x),
        ["refreshTokenLifetime"] = (o, v) => v.Time(x => o.RefreshTokenLifetime = x),
        ["refreshTokenIdleLifetime"] = (o, v) => v.Time(x => o.RefreshTokenIdleLifetime = x),
        ["publicRefreshTokenLifetime"] = (o, v) => v.Time(x => o.PublicRefreshTokenLifetime = x),
        ["refreshTokenLeeway"] = (o, v) => v.Time(x => o.RefreshTokenLeeway = x),
        ["rememberConsentFor"] = (o, v) => v.Time(x => o.RememberConsentFor = x),
        ["requirePkce"] = (o, v) => v.Bool(x => o.RequirePkce = x),
        ["privateUseSchemes"] = (o, v) => v.MoreTexts(o.PrivateUseSchemes),
        ["bcryptWorkFactor"] = (o, v) => v.Number(x => o.BcryptWorkFactor = x),
        ["signingAlgorithm"] = (o, v) => v.OneOf(algorithms, x => o.SigningAlgorithm = x),
        ["signingKeyLifetime"] = (o, v) => v.Time(x => o.SigningKeyLifetime = x),
        ["signingKeyLeadTime"] = (o, v) => v.Time(x => o.SigningKeyLeadTime = x),
        ["cacheKeysFor"] = (o, v) => v.Time(x => o.CacheKeysFor = x),
        ["cacheClientsFor"] = (o, v) => v.Time(x => o.CacheClientsFor = x),
        ["pruneEvery"] = (o, v) => v.Time(x => o.PruneEvery = x),
        ["unusedClientLifetime"] = (o, v) => v.Time(x => o.UnusedClientLifetime = x),
        ["neverApprovedClientLifetime"] = (o, v) => v.Time(x => o.NeverApprovedClientLifetime = x),
        ["subjectClaim"] = (o, v) => v.Text(x => o.SubjectClaim = x),
        ["authenticationScheme"] = (o, v) => v.Text(x => o.AuthenticationScheme = x),
        ["allowPlainHttpBehindProxy"] = (o, v) => v.Bool(x => o.AllowPlainHttpBehindProxy = x),
        ["explainErrors"] = (o, v) => v.Bool(x => o.ExplainErrors = x),
        ["errorURI"] = (o, v) => v.Text(x => o.ErrorURI = x),
        ["doctor"] = (o, v) => v.Bool(x => o.Doctor = x),
        ["pages"] = (o, v) => v.Members(o.Pages, pageKeys),
        ["limits"] = (o, v) => v.Members(o.Limits, limitKeys),
    };

    /// <summary>Fills the options from the root of a configuration or from the section itself, told apart by their keys.</summary>
    public static void Read(IConfiguration configuration, HqOAuth2Options options)
    {
        var below = configuration.GetSection(HqOAuth2Options.Section);
        if (below.Exists())
            configuration = below;
        else if (!configuration.GetChildren().Any(c => serverKeys.ContainsKey(c.Key)))
            options.Unreadable.Add(
                $"{HqOAuth2Options.Section} is not in the configuration that AddHqOAuth2 was given: "
                    + "add that section (\"enabled\": true and \"issuerURL\" are enough), or pass the section itself."
            );
        else if (configuration is IConfigurationRoot)
            options.Unreadable.Add(
                $"{HqOAuth2Options.Section} is missing: its keys stand at the root of the configuration. Move them into that section."
            );
        new Value(configuration, HqOAuth2Options.Section, options.Unreadable).Members(
            options,
            serverKeys,
            complain: configuration is IConfigurationSection
        );
    }

    /// <summary>One value of the configuration, with the key to name when it does not read.</summary>
    private sealed class Value(IConfiguration configuration, string key, IList<string> problems)
    {
        private string? Raw => (configuration as IConfigurationSection)?.Value;

        public void Text(Action<string> set)
        {
            if (Raw is { } text)
                set(text);
            else
                Wrong("a text");
        }

        public void Bool(Action<bool> set)
        {
            if (bool.TryParse(Raw, out var value))
                set(value);
            else
                Wrong("true or false");
        }

        public void Number(Action<int> set)
        {
            if (int.TryParse(Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                set(value);
            else
                Wrong("a whole number");
        }

        public void Time(Action<TimeSpan> set)
        {
            // Without a colon .NET would read a number as days.
            if (
                Raw is { } text
                && text.Contains(':', StringComparison.Ordinal)
                && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value)
            )
                set(value);
            else
                Wrong("a time as [d.]hh:mm:ss, for instance 00:15:00 or 30.00:00:00");
        }

        public void OneOf<T>((string Name, T Value)[] choices, Action<T> set)
        {
            var index = Array.FindIndex(choices, c => string.Equals(c.Name, Raw, StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
                set(choices[index].Value);
            else
                Wrong(string.Join(" or ", choices.Select(c => c.Name)));
        }

        /// <summary>Adds to a list; what code put there, and what is built in, stays.</summary>
        public void MoreTexts(IList<string> list)
        {
            if (!string.IsNullOrEmpty(Raw))
                Wrong("a list");
            foreach (var child in configuration.GetChildren())
                new Value(child, $"{key}:{child.Key}", problems).Text(text =>
                {
                    if (!list.Contains(text, StringComparer.Ordinal))
                        list.Add(text);
                });
        }

        public void Texts(IList<string> list)
        {
            list.Clear();
            MoreTexts(list);
        }

        public void Items<T>(IList<T> list, Dictionary<string, Action<T, Value>> keys)
            where T : new()
        {
            if (!string.IsNullOrEmpty(Raw))
                Wrong("a list");
            foreach (var child in configuration.GetChildren())
            {
                var value = new Value(child, $"{key}:{child.Key}", problems);
                if (!child.GetChildren().Any())
                {
                    value.Wrong($"an object such as {{ \"{keys.Keys.First()}\": \"...\" }}");
                    continue;
                }

                var item = new T();
                value.Members(item, keys);
                list.Add(item);
            }
        }

        public void Members<T>(T target, Dictionary<string, Action<T, Value>> keys, bool complain = true)
        {
            if (!string.IsNullOrEmpty(Raw))
                Wrong($"an object such as {{ \"{keys.Keys.First()}\": ... }}");
            foreach (var child in configuration.GetChildren())
            {
                if (keys.TryGetValue(child.Key, out var read))
                    read(target, new(child, $"{key}:{child.Key}", problems));
                else if (complain)
                    problems.Add($"{key}:{child.Key} is no key of this server. Did you mean {Nearest(child.Key, keys.Keys)}?");
            }
        }

        // The value itself is not repeated: it may be a secret in the wrong place.
        private void Wrong(string expected) =>
            problems.Add(
                $"{key} does not read: write {expected}{(Raw is { Length: > 0 and < 40 } text && !IsSecret ? $" instead of '{text}'" : "")}."
            );

        private bool IsSecret =>
            key.Contains("secret", StringComparison.OrdinalIgnoreCase)
            || key.Contains("initialAccessTokens", StringComparison.OrdinalIgnoreCase);
    }

    private static string Nearest(string key, IEnumerable<string> known) =>
        known.MinBy(k => Distance(key.ToLowerInvariant(), k.ToLowerInvariant()))!;

    // Levenshtein: how many letters to change, add or drop.
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }

        return previous[b.Length];
    }
}
