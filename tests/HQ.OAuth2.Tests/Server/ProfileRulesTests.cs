namespace HQ.OAuth2;

/// <summary>Settings that contradict the profile: each message names the key and what the profile demands.</summary>
internal sealed class ProfileRulesTests
{
    private static IEnumerable<TestCaseData> Contradictions()
    {
        yield return Case("pushedAuthorizationRequests", "pushed requests", o => o.PushedAuthorizationRequests = false);
        yield return Case("requirePkce", "PKCE", o => o.RequirePkce = false);
        yield return Case("authorizationCodeLifetime", "60 seconds", o => o.AuthorizationCodeLifetime = TimeSpan.FromSeconds(61));
        yield return Case("signingAlgorithm", "ES256", o => o.SigningAlgorithm = SigningAlgorithm.RS256);
        yield return Case("acceptTokenEndpointAudience", "only audience", o => o.AcceptTokenEndpointAudience = true);
        yield return Case("unauthenticatedIntrospection", "prove themselves", o => o.UnauthenticatedIntrospection = true);
        yield return Case("personalAccessTokens", "bound to keys", o => o.PersonalAccessTokens = true);
        yield return Case("clients:app:tokenEndpointAuthMethod", "by keys", o => o.Clients.Add(Client()));
        yield return Case(
            "clients:app:tokenEndpointAuthMethod",
            "by keys",
            o =>
            {
                var client = Client();
                client.SecretHash = ClientSecrets.Keep("a secret", 4).Hash;
                o.Clients.Add(client);
            }
        );
        yield return Case(
            "clients:app:requirePkce",
            "PKCE",
            o =>
            {
                var client = Client();
                (client.JwksUri, client.RequirePkce) = ("https://app.example.com/jwks", false);
                o.Clients.Add(client);
            }
        );
    }

    [TestCaseSource(nameof(Contradictions))]
    public void A_setting_that_contradicts_it_is_named(string key, string demand, Action<HqOAuth2Options> configure)
    {
        var problems = HqOAuth2OptionsRules.Problems(Options(configure), development: false).ToList();

        problems
            .Should()
            .ContainSingle(p => p.StartsWith($"{HqOAuth2Options.Section}:{key} = "))
            .Which.Should()
            .Contain("profile fapi2")
            .And.Contain(demand);
        HqOAuth2OptionsRules
            .Problems(Options(o => configure(Without(o))), development: false)
            .Should()
            .NotContain(p => p.Contains("fapi2"), "without the profile it is no contradiction");
    }

    [Test]
    public void The_defaults_and_a_client_with_keys_fit()
    {
        var options = Options(o =>
        {
            var client = Client();
            client.JwksUri = "https://app.example.com/jwks";
            o.Clients.Add(client);
        });

        HqOAuth2OptionsRules.Problems(options, development: false).Should().BeEmpty();
    }

    private static HqOAuth2Options Without(HqOAuth2Options options)
    {
        options.Profile = SecurityProfile.None;
        return options;
    }

    private static HqOAuth2Options Options(Action<HqOAuth2Options> configure) =>
        Given.Options(o =>
        {
            o.Profile = SecurityProfile.Fapi2;
            configure(o);
        });

    private static ClientOptions Client()
    {
        var client = new ClientOptions { ClientId = "app" };
        client.RedirectUris.Add(Given.RedirectUri);
        return client;
    }

    private static TestCaseData Case(string key, string demand, Action<HqOAuth2Options> configure) =>
        new TestCaseData(key, demand, configure).SetArgDisplayNames(key, demand);
}
