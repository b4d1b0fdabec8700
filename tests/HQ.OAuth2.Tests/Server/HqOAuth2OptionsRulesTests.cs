using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class HqOAuth2OptionsRulesTests
{
    private const string Secret = "the-secret-of-the-host";

    [Test]
    public void The_options_of_the_tests_are_valid_and_disabled_parts_are_not_checked()
    {
        Problems(_ => { }).Should().BeEmpty();
        HqOAuth2OptionsRules.Problems(new HqOAuth2Options { IssuerURL = "junk" }, development: false).Should().BeEmpty();
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case("issuerURL", "(nothing)", "set it to", o => o.IssuerURL = null);
        yield return Case("issuerURL", "http://c.example", "use https", o => o.IssuerURL = "http://c.example");
        yield return Case("issuerURL", "https://c.example/", "remove it", o => o.IssuerURL = "https://c.example/");
        yield return Case("defaultOrg", "(nothing)", "name the organization", o => o.Dcr = true);
        yield return Case("bcryptWorkFactor", "3", "must be 4 to 14", o => o.BcryptWorkFactor = 3);
        yield return Case("bcryptWorkFactor", "15", "must be 4 to 14", o => o.BcryptWorkFactor = 15);
        yield return Case("accessTokenFormat", "7", "use jwt or opaque", o => o.AccessTokenFormat = (AccessTokenFormat)7);
        yield return Case("privateUseSchemes", "javascript", "list lower-case schemes", o => o.PrivateUseSchemes.Add("javascript"));
        yield return Case("privateUseSchemes", "MyApp", "list lower-case schemes", o => o.PrivateUseSchemes.Add("MyApp"));
        yield return Case("pages:color", "blue", "#rrggbb", o => o.Pages.Color = "blue");
        yield return Case("pages:darkColor", "#12345g", "#rrggbb", o => o.Pages.DarkColor = "#12345g");
        yield return Case("pages:homeUrl", "home", "path of this host", o => o.Pages.HomeUrl = "home");
        yield return Case("pages:homeUrl", "//evil.example", "path of this host", o => o.Pages.HomeUrl = "//evil.example");
        yield return Case("pages:homeUrl", "javascript:x", "https URL", o => o.Pages.HomeUrl = "javascript:x");
        yield return Case("pages:logo", "logo.svg", "path of this host", o => o.Pages.Logo = "logo.svg");
        yield return Case("pages:logo", "//evil.example/x", "path of this host", o => o.Pages.Logo = "//evil.example/x");
        yield return Case("pages:logo", "http://c.example/x", "https URL", o => o.Pages.Logo = "http://c.example/x");
        yield return Case("pages:stylesheet", "/a b.css", "path of this host", o => o.Pages.Stylesheet = "/a b.css");
        yield return Case("pages:stylesheet", "https://a;b/x.css", "https URL", o => o.Pages.Stylesheet = "https://a;b/x.css");
        yield return Case("pages:consentPath", "/consent?x=1", "without a query", o => o.Pages.ConsentPath = "/consent?x=1");
        yield return Case("pages:consentPath", "https://c.example", "like /consent", o => o.Pages.ConsentPath = "https://c.example");
        yield return Case("limits:registrationsPerMinute", "-1", "use 0", o => o.Limits.RegistrationsPerMinute = -1);
        yield return Case("limits:failedAuthenticationsPerMinute", "-1", "use 0", o => o.Limits.FailedAuthenticationsPerMinute = -1);
        yield return Case("limits:bcryptConcurrency", "-1", "use 0", o => o.Limits.BcryptConcurrency = -1);
        yield return Case("authorizationCodeLifetime", "00:10:01", "00:10:00 at most", o => o.AuthorizationCodeLifetime = new(0, 10, 1));
        yield return Case("authorizationCodeLifetime", "00:00:00", "at least one second", o => o.AuthorizationCodeLifetime = default);
        yield return Case("accessTokenLifetime", "-00:00:01", "at least one second", o => o.AccessTokenLifetime = TimeSpan.FromSeconds(-1));
        yield return Case("refreshTokenLifetime", "10675199", "1830.00:00:00 at most", o => o.RefreshTokenLifetime = TimeSpan.MaxValue);
        yield return Case("accessTokenLifetime", "90.00:00:01", "90.00:00:00 at most", o => o.AccessTokenLifetime = FromSeconds(7776001));
        yield return Case("refreshTokenLeeway", "01:00:01", "01:00:00 at most", o => o.RefreshTokenLeeway = FromSeconds(3601));
        yield return Case("pruneEvery", "60.00:00:00", "7.00:00:00 at most", o => o.PruneEvery = TimeSpan.FromDays(60));
        yield return Case("cacheClientsFor", "01:00:01", "01:00:00 at most", o => o.CacheClientsFor = FromSeconds(3601));
        yield return Case("cacheKeysFor", "1.00:00:01", "1.00:00:00 at most", o => o.CacheKeysFor = FromSeconds(86401), othersToo: true);
        yield return Case("refreshTokenIdleLifetime", "00:00:00", "[d.]hh:mm:ss", o => o.RefreshTokenIdleLifetime = default);
        yield return Case("publicRefreshTokenLifetime", "00:00:00", "[d.]hh:mm:ss", o => o.PublicRefreshTokenLifetime = default);
        yield return Case("unusedClientLifetime", "00:00:00", "[d.]hh:mm:ss", o => o.UnusedClientLifetime = default);
        yield return Case("neverApprovedClientLifetime", "00:00:00", "[d.]hh:mm:ss", o => o.NeverApprovedClientLifetime = default);
        yield return Case("refreshTokenLeeway", "-00:00:01", "00:00:00 for none", o => o.RefreshTokenLeeway = TimeSpan.FromSeconds(-1));
        yield return Case("rememberConsentFor", "-00:00:01", "00:00:00 for none", o => o.RememberConsentFor = TimeSpan.FromSeconds(-1));
        yield return Case(
            "signingKeyLifetime",
            "00:00:00",
            "at least one second",
            o => (o.SigningKeyLifetime, o.SigningKeyLeadTime, o.CacheKeysFor) = (default, FromSeconds(-4), FromSeconds(-2)),
            othersToo: true
        );
        yield return Case("signingKeyLifetime", "10675199", "1830.00:00:00 at most", o => o.SigningKeyLifetime = TimeSpan.MaxValue);
        yield return Case("signingKeyLeadTime", "00:00:00", "at least one second", o => o.SigningKeyLeadTime = default, othersToo: true);
        yield return Case("cacheKeysFor", "00:00:00", "at least one second", o => o.CacheKeysFor = default);
        yield return Case("cacheClientsFor", "-00:00:01", "00:00:00 for none", o => o.CacheClientsFor = FromSeconds(-1));
        yield return Case("pruneEvery", "-00:00:01", "00:00:00 for none", o => o.PruneEvery = FromSeconds(-1));
        yield return Case("signingKeyLeadTime", "00:01:59", "twice cacheKeysFor (00:01:00)", o => o.SigningKeyLeadTime = new(0, 1, 59));
        yield return Case("signingKeyLeadTime", "1.00:00:00", "twice cacheKeysFor (12:00:01)", o => o.CacheKeysFor = new(12, 0, 1));
        yield return Case(
            "signingKeyLeadTime",
            "90.00:00:00",
            "shorter than signingKeyLifetime (90.00",
            o => o.SigningKeyLeadTime = new(90, 0, 0, 0)
        );
        yield return Case(
            "signingKeyLeadTime",
            "1.00:00:00",
            "shorter than signingKeyLifetime (1.00",
            o => o.SigningKeyLifetime = new(1, 0, 0, 0)
        );
        yield return Case(
            "unusedClientLifetime",
            "29.00:00:00",
            "shorter than refreshTokenIdleLifetime (30.00:00:00)",
            o => (o.Dcr, o.DefaultOrg, o.UnusedClientLifetime) = (true, "acme", new(29, 0, 0, 0))
        );
        yield return Case("scopes:name", "a b", "printable ASCII", o => o.Scopes.Add(new() { Name = "a b" }));
        yield return Case("scopes:name", "read", "remove one", o => o.Scopes.Add(new() { Name = "read" }));
        yield return Case("scopes", "501 scopes", "list 500 at most", o => AddMany(o, 498, "s"));
        yield return Case("scopes", "400 scopes", "use shorter names", o => AddMany(o, 397, "a-long-name-for-a-scope"));
        yield return Case(
            "pages:chooseScopes",
            "True",
            "90 scopes at most, and there are 91",
            o =>
            {
                o.Pages.ChooseScopes = true;
                AddMany(o, 88, "s");
            }
        );
        foreach (var network in new[] { "", "203.0.113.0", "203.0.113.0/33", "2001:db8::/65", "example.com/24" })
            yield return Case(
                "limits:networks:network",
                network,
                "203.0.113.0/24",
                o => o.Limits.Networks.Add(new() { Network = network })
            );
        yield return Case(
            "limits:networks:network",
            "203.0.113.0/24",
            "remove one",
            o => Twice(() => o.Limits.Networks.Add(new() { Network = "203.0.113.0/24" }))
        );
        yield return Case(
            "limits:networks:registrationsPerMinute",
            "-1",
            "use 0 for no limit",
            o => o.Limits.Networks.Add(new() { Network = "2001:db8::/32", RegistrationsPerMinute = -1 })
        );
        yield return Case("limits:selfRegisteredClients", "-1", "use 0 for no limit", o => o.Limits.SelfRegisteredClients = -1);
        yield return Case("defaultResource", "api", "absolute URI", o => o.DefaultResource = "api");
        yield return Case("resources:identifier", "/mcp", "absolute URI", o => o.Resources.Add(new() { Identifier = "/mcp" }));
        yield return Case("resources:identifier", "urn:x", "remove one", o => Twice(() => o.Resources.Add(new() { Identifier = "urn:x" })));
        yield return Case("resources:urn:x:scopes", "nope", "add it there", o => AddResource(o, "nope"));
        yield return Case("clients:clientId", "a b", "characters of A-Z", o => AddClient(o, c => c.ClientId = "a b"));
        yield return Case("clients:clientId", "app", "are unique", o => Twice(() => AddClient(o)));
        yield return Case("clients:app:scopes", "nope", "add it there", o => AddClient(o, c => AddScopes(c, "read", "nope")));
        yield return Case("clients:app", "invalid_redirect_uri", "needs redirect_uris", o => AddClient(o, c => c.RedirectUris.Clear()));
        yield return Case("clients:app", "invalid_client_metadata", "grant_types", o => AddClient(o, c => c.GrantTypes.Add("password")));
        yield return Case("clients:app:secret", "(not shown)", "use secretHash", o => AddClient(o, c => c.Secret = Secret));
        yield return Case("clients:app:secretHash", "(not shown)", "no bcrypt hash", o => AddClient(o, c => c.SecretHash = Secret));
        yield return Case("initialAccessTokens", "(not shown)", "at least 16", o => o.InitialAccessTokens.Add("the-secret-of"));
        yield return Case("initialAccessTokens", "(not shown)", "at least 16", o => o.InitialAccessTokens.Add("the-secret-of the host"));
    }

    [TestCaseSource(nameof(Wrong))]
    [Rfc("6749-4.1.2-2"), Rfc("8252-8.4-2")]
    public void A_message_names_the_key_the_value_and_the_fix(
        string key,
        string value,
        string fix,
        Action<HqOAuth2Options> configure,
        bool othersToo
    )
    {
        var problems = Problems(configure).ToList();
        var problem = othersToo
            ? problems.Should().Contain(p => p.Contains($":{key} = {value} ") && p.Contains(fix)).Which
            : problems.Should().ContainSingle().Subject;

        problem.Should().StartWith($"{HqOAuth2Options.Section}:{key} = {value}").And.Contain(fix).And.EndWith(".");
        problem.Should().NotContain("the-secret-of");
    }

    [Test]
    public void A_secret_in_clear_is_for_development_and_bcrypt_reads_72_bytes_of_it()
    {
        Problems(o => AddClient(o, c => c.Secret = Secret), development: true).Should().BeEmpty();
        Problems(o => AddClient(o, c => c.Secret = new string('s', 72)), development: true).Should().BeEmpty();
        Problems(o => AddClient(o, c => c.Secret = new string('s', 73)), development: true)
            .Should()
            .ContainSingle()
            .Which.Should()
            .Contain("72 bytes")
            .And.NotContain("sss");
        Problems(
                o =>
                    AddClient(
                        o,
                        c =>
                        {
                            c.Secret = Secret;
                            c.SecretHash = ClientSecrets.Keep(Secret, 4).Hash;
                        }
                    ),
                development: true
            )
            .Should()
            .ContainSingle()
            .Which.Should()
            .Contain("keep one");
        Problems(o => AddClient(o, c => c.SecretHash = ClientSecrets.Keep(Secret, 4).Hash)).Should().BeEmpty();
    }

    [Test]
    public void The_edges_of_the_rules_about_keys_and_clients_are_inside()
    {
        Problems(o => o.SigningKeyLeadTime = 2 * o.CacheKeysFor).Should().BeEmpty();
        Problems(o => o.SigningKeyLifetime = o.SigningKeyLeadTime + FromSeconds(1)).Should().BeEmpty();
        Problems(o => (o.CacheClientsFor, o.PruneEvery) = (default, default)).Should().BeEmpty();
        Problems(o => (o.Dcr, o.DefaultOrg, o.UnusedClientLifetime) = (true, "acme", o.RefreshTokenIdleLifetime)).Should().BeEmpty();
        Problems(o => o.UnusedClientLifetime = FromSeconds(1)).Should().BeEmpty("without dcr nobody registers himself");
    }

    [Test]
    public void Every_problem_is_told_at_once()
    {
        Problems(o =>
            {
                o.IssuerURL = null;
                o.BcryptWorkFactor = 99;
                o.AccessTokenLifetime = default;
            })
            .Should()
            .HaveCount(3);
    }

    [Test]
    public void Registration_needs_a_store_that_can_add_clients()
    {
        var options = Given.Options(o => o.Dcr = true);

        HqOAuth2OptionsRules.StoreProblem(options, new InMemoryClientRegistry()).Should().BeNull();
        HqOAuth2OptionsRules.StoreProblem(options, new ReadOnlyStore()).Should().Contain("dcr").And.Contain("IClientRegistry");
        HqOAuth2OptionsRules.StoreProblem(Given.Options(), new ReadOnlyStore()).Should().BeNull();
    }

    [Test, Rfc("CIMD-6.5-1")]
    public void Documents_from_this_machine_are_for_Development_and_hosts_are_names()
    {
        Problems(o => o.Documents.AllowLoopback = true).Should().ContainSingle().Which.Should().Contain("documents:allowLoopback");
        Problems(o => o.Documents.AllowLoopback = true, development: true).Should().BeEmpty();
        Problems(o =>
            {
                o.Documents.AllowedHosts.Add("https://app.example.com");
                o.Documents.DeniedHosts.Add("*");
            })
            .Should()
            .HaveCount(2)
            .And.Contain(p => p.Contains("documents:allowedHosts = https://app.example.com"))
            .And.Contain(p => p.Contains("documents:deniedHosts = *"));
    }

    private static IEnumerable<string> Problems(Action<HqOAuth2Options> configure, bool development = false) =>
        HqOAuth2OptionsRules.Problems(Given.Options(configure), development);

    private static TestCaseData Case(string key, string value, string fix, Action<HqOAuth2Options> configure, bool othersToo = false) =>
        new TestCaseData(key, value, fix, configure, othersToo).SetArgDisplayNames(key, value);

    private static TimeSpan FromSeconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static void Twice(Action act)
    {
        act();
        act();
    }

    private static void AddMany(HqOAuth2Options options, int count, string name)
    {
        for (var i = 0; i < count; i++)
            options.Scopes.Add(new() { Name = $"{name}{i}" });
    }

    private static void AddResource(HqOAuth2Options options, string scope)
    {
        var resource = new ResourceOptions { Identifier = "urn:x" };
        resource.Scopes.Add(scope);
        options.Resources.Add(resource);
    }

    private static void AddClient(HqOAuth2Options options, Action<ClientOptions>? change = null)
    {
        var client = new ClientOptions { ClientId = "app" };
        client.RedirectUris.Add(Given.RedirectUri);
        change?.Invoke(client);
        options.Clients.Add(client);
    }

    private static void AddScopes(ClientOptions client, params string[] scopes) => scopes.ToList().ForEach(client.Scopes.Add);

    private sealed class ReadOnlyStore : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new((Client?)null);
    }
}
