namespace HQ.OAuth2;

/// <summary>A client of the configuration as metadata: the method follows from what it has, and its lists are its own.</summary>
internal sealed class ConfiguredMetadataTests
{
    private static IEnumerable<TestCaseData> Methods()
    {
        yield return Case("none", new() { ClientId = "app" });
        yield return Case("client_secret_basic", new() { ClientId = "app", Secret = "s" });
        yield return Case("client_secret_basic", new() { ClientId = "app", SecretHash = "h" });
        yield return Case("private_key_jwt", new() { ClientId = "app", Jwks = "{}" });
        yield return Case("private_key_jwt", new() { ClientId = "app", JwksUri = "https://app.example.com/keys" });
        yield return Case(
            "client_secret_basic",
            new()
            {
                ClientId = "app",
                Secret = "s",
                Jwks = "{}",
            }
        );
        yield return Case(
            "client_secret_post",
            new()
            {
                ClientId = "app",
                Secret = "s",
                TokenEndpointAuthMethod = "client_secret_post",
            }
        );
        yield return Case("own_method", new() { ClientId = "app", TokenEndpointAuthMethod = "own_method" });

        static TestCaseData Case(string method, ClientOptions client) => new TestCaseData(method, client).SetArgDisplayNames(method);
    }

    [TestCaseSource(nameof(Methods))]
    public void Its_method_is_the_configured_one_or_follows_from_its_secret_or_its_keys(string method, ClientOptions client) =>
        ClientMetadata.OfConfigured(client).TokenEndpointAuthMethod.Should().Be(method);

    [Test]
    public void What_it_does_not_list_has_the_defaults_of_such_clients()
    {
        var metadata = ClientMetadata.OfConfigured(new() { ClientId = "app" });

        (metadata.Scope, metadata.DpopBoundAccessTokens).Should().Be((null, null));
        metadata.GrantTypes.Should().Equal("authorization_code", "refresh_token");
    }

    [Test]
    public void What_it_lists_is_its_own()
    {
        var client = new ClientOptions { ClientId = "app", DpopBoundAccessTokens = true };
        client.Scopes.Add("read");
        client.Scopes.Add("write");
        client.GrantTypes.Add("client_credentials");

        var metadata = ClientMetadata.OfConfigured(client);

        (metadata.Scope, metadata.DpopBoundAccessTokens).Should().Be(("read write", true));
        metadata.GrantTypes.Should().Equal("client_credentials");
    }
}
