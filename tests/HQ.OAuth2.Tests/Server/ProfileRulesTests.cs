namespace HQ.OAuth2;

/// <summary>Settings that contradict the profile: each message names the key and what the profile demands.</summary>
internal sealed class ProfileRulesTests
{
    private static IEnumerable<TestCaseData> Contradictions()
    {
        const string byKeys = "clients that prove themselves by keys";
        yield return Case("pushedAuthorizationRequests", "False", "pushed requests", "true", o => o.PushedAuthorizationRequests = false);
        yield return Case("requirePkce", "False", "PKCE", "true", o => o.RequirePkce = false);
        yield return Case(
            "authorizationCodeLifetime",
            "00:01:01",
            "codes of 60 seconds at most",
            "00:01:00",
            o => o.AuthorizationCodeLifetime = TimeSpan.FromSeconds(61)
        );
        yield return Case("signingAlgorithm", "RS256", "ES256", "ES256", o => o.SigningAlgorithm = SigningAlgorithm.RS256);
        yield return Case(
            "acceptTokenEndpointAudience",
            "True",
            "the issuer as the only audience",
            "false",
            o => o.AcceptTokenEndpointAudience = true
        );
        yield return Case(
            "unauthenticatedIntrospection",
            "True",
            "callers that prove themselves",
            "false",
            o => o.UnauthenticatedIntrospection = true
        );
        yield return Case("personalAccessTokens", "True", "tokens that are bound to keys", "false", o => o.PersonalAccessTokens = true);
        yield return Case("clients:app:tokenEndpointAuthMethod", "none", byKeys, "private_key_jwt", o => o.Clients.Add(Client()));
        yield return Case(
            "clients:app:tokenEndpointAuthMethod",
            "client_secret_basic",
            byKeys,
            "private_key_jwt",
            o =>
            {
                var client = Client();
                client.SecretHash = ClientSecrets.Keep("a secret", 4).Hash;
                o.Clients.Add(client);
            }
        );
        yield return Case(
            "clients:app:requirePkce",
            "False",
            "PKCE",
            "true",
            o =>
            {
                var client = Client();
                (client.JwksUri, client.RequirePkce) = ("https://app.example.com/jwks", false);
                o.Clients.Add(client);
            }
        );
    }

    [TestCaseSource(nameof(Contradictions))]
    public void The_message_says_what_the_profile_demands_and_what_to_write(
        string key,
        string value,
        string demand,
        string instead,
        Action<HqOAuth2Options> configure
    )
    {
        var problems = HqOAuth2OptionsRules.Problems(Options(configure), development: false).ToList();

        problems
            .Should()
            .Contain(
                $"{HqOAuth2Options.Section}:{key} = {value} contradicts profile fapi2, which demands {demand}: "
                    + $"write {instead}, or leave the profile out."
            );
        problems.Should().ContainSingle(p => p.StartsWith($"{HqOAuth2Options.Section}:{key} = ") && p.Contains("fapi2"));
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
            o.AuthorizationCodeLifetime = TimeSpan.FromSeconds(60);
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

    private static TestCaseData Case(string key, string value, string demand, string instead, Action<HqOAuth2Options> configure) =>
        new TestCaseData(key, value, demand, instead, configure).SetArgDisplayNames(key, value);
}
