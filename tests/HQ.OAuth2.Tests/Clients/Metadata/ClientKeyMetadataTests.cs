using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The keys in client metadata (RFC 7591 §2), whichever way they come.</summary>
internal sealed class ClientKeyMetadataTests
{
    private static readonly ProofKey key = ProofKey.New();
    private static readonly ClientPolicies policies = Given.Policies(
        Given.Options(),
        "none",
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt"
    );
    private static readonly ClientMetadata signer = new()
    {
        RedirectUris = [Given.RedirectUri],
        TokenEndpointAuthMethod = "private_key_jwt",
        Jwks = ProofKey.Set(key),
    };

    [Test]
    public void A_client_with_keys_is_confidential_and_has_them_in_one_form()
    {
        var dressed = key.Jwk.DeepClone().AsObject();
        (dressed["note"], dressed["use"]) = ("x", "sig");

        var made = (signer with { Jwks = $"{{ \"keys\" : [ {dressed.ToJsonString()}, 7 ], \"more\": 1 }}" })
            .Checked(policies.ForSelfRegistration())
            .Value;

        made.Type.Should().Be(ClientType.Confidential);
        made.Jwks.Should().Be($$"""{"keys":[{"kty":"EC","kid":"k1","crv":"P-256","x":"{{key.Jwk["x"]}}","y":"{{key.Jwk["y"]}}"}]}""");
    }

    [TestCase(null, null, "jwks")]
    [TestCase("{}", null, "jwks")]
    [TestCase("""{"keys":[]}""", null, "jwks")]
    [TestCase("""{"keys":[{"kty":"EC","d":"x"}]}""", null, "jwks")]
    [Rfc("7591-2-12")]
    public void Without_a_key_there_is_no_such_client(string? jwks, string? uri, string member)
    {
        foreach (var policy in new[] { policies.ForSelfRegistration(), policies.ForAdministrator(ClientProvenance.Api) })
            (signer with { Jwks = jwks, JwksUri = uri }).Checked(policy).Error!.Field.Should().Be(member);
    }

    [Test]
    public void Keys_by_value_and_by_reference_exclude_each_other() =>
        (signer with { JwksUri = "https://app.example.com/keys" })
            .Checked(policies.ForAdministrator(ClientProvenance.Api))
            .Error!.Description.Should()
            .Contain("must not be present together");

    [Test]
    public void A_client_that_offers_another_method_gets_that_when_it_has_no_keys()
    {
        var open = signer with { Jwks = null, TokenEndpointAuthMethodsSupported = ["private_key_jwt", "none"] };

        open.Checked(policies.ForSelfRegistration()).Value.TokenEndpointAuthMethod.Should().Be("none");
        (open with { Jwks = signer.Jwks })
            .Checked(policies.ForSelfRegistration())
            .Value.TokenEndpointAuthMethod.Should()
            .Be("private_key_jwt");
    }

    [TestCase("ES256", null)]
    [TestCase("RS256", "no key of jwks is for it")]
    [TestCase("EdDSA", "ES256, RS256, PS256")]
    [TestCase("HS256", "ES256, RS256, PS256")]
    [TestCase("none", "ES256, RS256, PS256")]
    public void The_algorithm_is_one_that_is_verified_here_and_that_a_key_is_for(string algorithm, string? problem)
    {
        var error = (signer with { TokenEndpointAuthSigningAlg = algorithm }).Checked(policies.ForSelfRegistration()).Error;

        error?.Field.Should().Be("token_endpoint_auth_signing_alg");
        if (problem is null)
            error.Should().BeNull();
        else
            error!.Description.Should().Contain(problem);
    }

    [Test]
    public void A_client_of_the_configuration_with_keys_signs_unless_it_has_a_secret()
    {
        static string? Method(Action<ClientOptions> configure)
        {
            var client = new ClientOptions { ClientId = "c" };
            configure(client);
            return ClientMetadata.OfConfigured(client).TokenEndpointAuthMethod;
        }

        Method(c => c.Jwks = "{}").Should().Be("private_key_jwt");
        Method(c => c.JwksUri = "https://app.example.com/keys").Should().Be("private_key_jwt");
        Method(c => (c.Jwks, c.Secret) = ("{}", "x")).Should().Be("client_secret_basic");
        Method(_ => { }).Should().Be("none");
    }

    [TestCase("""{"keys":[{"kty":"EC","crv":"P-256","d":"SECRET"}]}""", null)]
    [TestCase(null, "http://app.example.com/keys")]
    public void A_configured_client_with_unusable_keys_stops_the_start(string? jwks, string? uri)
    {
        var options = Given.Options(o =>
        {
            var client = new ClientOptions
            {
                ClientId = "signer",
                Jwks = jwks,
                JwksUri = uri,
            };
            client.GrantTypes.Add("client_credentials");
            o.Clients.Add(client);
        });

        HqOAuth2OptionsRules
            .Problems(options, development: false)
            .Should()
            .ContainSingle()
            .Which.Should()
            .Contain("clients:signer")
            .And.NotContain("SECRET");
    }

    [TestCase(
        ""","token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["none","private_key_jwt"]""",
        "none"
    )]
    [TestCase(""","token_endpoint_auth_methods_supported":["private_key_jwt","none"]""", "none")]
    [TestCase(""","token_endpoint_auth_method":"private_key_jwt" """, "private_key_jwt")]
    public void A_document_that_offers_both_is_that_of_a_public_client_and_keeps_its_keys(string more, string method)
    {
        const string url = "https://app.example.com/client.json";
        var json = PublishedDocuments.Minimal(url, more: more + ",\"jwks_uri\":\"https://app.example.com/keys\"");

        var (client, leftOut) = ClientDocument
            .Read(url, System.Text.Encoding.UTF8.GetBytes(json), policies.ForDocument(), Given.Options())
            .Value;

        (client.TokenEndpointAuthMethod, client.ProvesItself, client.ProvesItselfByKeys)
            .Should()
            .Be((method, method != "none", method != "none"));
        client.JwksUri.Should().Be("https://app.example.com/keys");
        leftOut.Should().BeEmpty();
    }

    [TestCase("https://keys.example.com/k")]
    [TestCase("https://app.example.com:8443/k")]
    public void A_document_has_its_keys_on_its_own_origin(string keys)
    {
        const string url = "https://app.example.com/client.json";
        var json = PublishedDocuments.Minimal(url, more: $",\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks_uri\":\"{keys}\"");

        ClientDocument
            .Read(url, System.Text.Encoding.UTF8.GetBytes(json), policies.ForDocument(), Given.Options())
            .Error!.Field.Should()
            .Be("jwks_uri");
    }
}
