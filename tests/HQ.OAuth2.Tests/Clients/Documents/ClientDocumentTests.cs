using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientDocumentTests
{
    private const string Url = "https://app.example.com/client.json";

    [Test]
    [Rfc("CIMD-4.1-3")]
    public void A_small_document_is_a_public_client_of_provenance_cimd()
    {
        var client = Read(PublishedDocuments.Minimal(Url)).Value.Client;

        (client.ClientId, client.Type, client.Provenance).Should().Be((Url, ClientType.Public, ClientProvenance.Cimd));
        (client.TokenEndpointAuthMethod, client.ClientName).Should().Be(("none", "Some app"));
        client.RedirectUris.Should().Equal("https://app.example.com/cb");
        client.GrantTypes.Should().Equal("authorization_code");
        client.Secrets.Should().BeEmpty();
    }

    [TestCase("""{"client_name":"A","redirect_uris":["https://a.example/cb"]}""")]
    [TestCase("""{"client_id":null,"client_name":"A","redirect_uris":["https://a.example/cb"]}""")]
    [TestCase("""{"client_id":["https://app.example.com/client.json"],"client_name":"A","redirect_uris":["https://a.example/cb"]}""")]
    [TestCase("""{"client_id":"https://app.example.com/Client.json","client_name":"A","redirect_uris":["https://a.example/cb"]}""")]
    [TestCase("""{"client_id":"https://app.example.com/client.json/","client_name":"A","redirect_uris":["https://a.example/cb"]}""")]
    [TestCase("""{"client_id":"https://APP.example.com/client.json","client_name":"A","redirect_uris":["https://a.example/cb"]}""")]
    [TestCase("""{"Client_id":"https://app.example.com/client.json","client_name":"A","redirect_uris":["https://a.example/cb"]}""")]
    [Rfc("CIMD-4.1-1"), Rfc("MCP-R.1.1-1")]
    public void It_must_name_its_own_URL_to_the_letter(string json) => Read(json).Error!.Field.Should().Be("client_id");

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("\"x\"")]
    [TestCase("{")]
    [TestCase("<html></html>")]
    [TestCase("""{"client_id":"https://app.example.com/client.json","client_id":"https://app.example.com/client.json"}""")]
    [Rfc("CIMD-4.1-2"), Rfc("MCP-R.1.1-1")]
    public void It_must_be_one_JSON_object(string json) => Read(json).Error.Should().Be(OAuthError.NotAJsonObject);

    [TestCase("client_secret_basic")]
    [TestCase("client_secret_post")]
    [TestCase("client_secret_jwt")]
    [Rfc("CIMD-4.1-3")]
    public void A_method_built_on_a_shared_secret_is_refused(string method) =>
        With($",\"token_endpoint_auth_method\":\"{method}\"").Error!.Field.Should().Be("token_endpoint_auth_method");

    [TestCase("client_secret", "\"x\"")]
    [TestCase("client_secret", "null")]
    [TestCase("client_secret_expires_at", "0")]
    [Rfc("CIMD-4.1-4")]
    public void A_secret_that_is_published_is_refused(string member, string value) =>
        With($",\"{member}\":{value}").Error!.Field.Should().Be(member);

    [TestCase("""{"client_id":"https://app.example.com/client.json","redirect_uris":["https://a.example/cb"]}""")]
    [TestCase("""{"client_id":"https://app.example.com/client.json","client_name":"","redirect_uris":["https://a.example/cb"]}""")]
    [TestCase(
        """{"client_id":"https://app.example.com/client.json","client_name":"\u202e\u0007","redirect_uris":["https://a.example/cb"]}"""
    )]
    [Rfc("MCP-R.1.1-1")]
    public void It_must_have_a_name(string json) => Read(json).Error!.Field.Should().Be("client_name");

    [TestCase("""{"client_id":"https://app.example.com/client.json","client_name":"A"}""")]
    [TestCase("""{"client_id":"https://app.example.com/client.json","client_name":"A","redirect_uris":[]}""")]
    [TestCase("""{"client_id":"https://app.example.com/client.json","client_name":"A","redirect_uris":["http://a.example/cb"]}""")]
    [TestCase("""{"client_id":"https://app.example.com/client.json","client_name":"A","redirect_uris":["https://a.example/cb#x"]}""")]
    [TestCase("""{"client_id":"https://app.example.com/client.json","client_name":"A","redirect_uris":["javascript:alert(1)"]}""")]
    [Rfc("CIMD-4.1-5"), Rfc("MCP-R.1.1-1"), Rfc("MCP-S.3-1")]
    public void Its_redirect_URIs_keep_the_rules_of_registration(string json) => Read(json).Error!.Field.Should().Be("redirect_uris");

    [TestCase(""","jwks":{"keys":[{"kty":"EC","d":"AA"}]}""")]
    [TestCase(""","jwks":{"keys":[{"kty":"oct","k":"AA"}]}""")]
    [TestCase(""","jwks":{"keys":[]},"jwks_uri":"https://a.example/keys" """)]
    [TestCase(""","token_endpoint_auth_methods_supported":"none" """)]
    [TestCase(""","redirect_uris":7""")]
    [Rfc("CIMD-4.1-5")]
    public void Its_other_members_keep_the_rules_of_registration(string more) => With(more).Error.Should().NotBeNull();

    [Test, Rfc("CIMD-4.1-5")]
    public void Unsupported_values_are_left_out()
    {
        var client = With(
            ""","grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:jwt-bearer","client_credentials"]"""
                + ""","response_types":["code","none"],"scope":"openid read profile","unknown":{"a":[1]}"""
        ).Value.Client;

        client.GrantTypes.Should().Equal("authorization_code", "refresh_token");
        client.Scope!.ToString().Should().Be("read");
        With(""","scope":"openid profile" """)
            .Value.Client.Scope!.ToString()
            .Should()
            .Be(Read(PublishedDocuments.Minimal(Url)).Value.Client.Scope!.ToString());
    }

    [TestCase(
        ""","token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["none","private_key_jwt"]""",
        "none"
    )]
    [TestCase(""","token_endpoint_auth_method":"none","token_endpoint_auth_methods_supported":["own_method","none"]""", "none")]
    [TestCase(""","token_endpoint_auth_method":"own_method","token_endpoint_auth_methods_supported":["none"]""", "own_method")]
    [TestCase(""","token_endpoint_auth_method":"x","token_endpoint_auth_methods_supported":["y","own_method","none"]""", "own_method")]
    [TestCase(""","token_endpoint_auth_methods_supported":["client_secret_post","y","own_method"]""", "own_method")]
    [TestCase(""","token_endpoint_auth_methods_supported":[]""", "none")]
    [TestCase(""","token_endpoint_auth_methods_supported":null""", "none")]
    [Rfc("CIMD-4.1-3")]
    public void It_gets_the_method_it_prefers_or_else_the_first_it_lists_of_those_the_server_has(string more, string method)
    {
        var client = With(more, "none", "client_secret_basic", "client_secret_post", "own_method").Value.Client;

        client.TokenEndpointAuthMethod.Should().Be(method);
        client.Type.Should().Be(method == "none" ? ClientType.Public : ClientType.Confidential);
    }

    [TestCase(""","token_endpoint_auth_method":"private_key_jwt" """, "private_key_jwt")]
    [TestCase(""","token_endpoint_auth_methods_supported":["private_key_jwt","tls_client_auth"]""", "private_key_jwt")]
    [TestCase(""","token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"]""", "client_secret_basic")]
    [TestCase(""","token_endpoint_auth_method":"client_secret_basic","token_endpoint_auth_methods_supported":["none"]""", "secret")]
    [Rfc("CIMD-4.1-3")]
    public void Without_a_method_that_the_server_has_it_is_refused_and_the_reason_says_so(string more, string named)
    {
        var error = With(more).Error!;

        error.Field.Should().Be("token_endpoint_auth_method");
        error.Description.Should().Contain(named);
    }

    [Test, Rfc("CIMD-4.1-5"), Rfc("7591-2-13")]
    public void Members_that_nobody_here_knows_change_nothing()
    {
        const string more = """
            ,"client_name#ja":"アプリ","client_name#":7,"client_uri#de":null,"x":null,"y":[null,{"z":[]},1e99],"":"","jwks_uri":"",
            "token_endpoint_auth_signing_alg":null,"token_endpoint_auth_signing_alg_values_supported":["RS256"],"id_token_signed_response_alg":null,
            "response_modes_supported":["query"],"code_challenge_methods_supported":["S256"],"request_uris":[],"default_max_age":5,
            "post_logout_redirect_uris":[null],"require_auth_time":true,"scope":null,"contacts":null,"logo_uri":"","grant_types":null
            """;

        var (client, leftOut) = With(more).Value;

        client.Should().BeEquivalentTo(Read(PublishedDocuments.Minimal(Url)).Value.Client, o => o.Excluding(c => c.DocumentHash));
        leftOut.Should().BeEmpty();
    }

    [Test, Rfc("CIMD-4.1-5")]
    public void The_address_of_its_keys_is_kept_and_changes_nothing_else()
    {
        var (client, leftOut) = With(""","jwks_uri":"https://a.example/keys","token_endpoint_auth_signing_alg":"RS256" """).Value;

        (client.JwksUri, client.TokenEndpointAuthSigningAlg).Should().Be(("https://a.example/keys", "RS256"));
        leftOut.Should().BeEmpty();
        (client with { JwksUri = null, TokenEndpointAuthSigningAlg = null })
            .Should()
            .BeEquivalentTo(Read(PublishedDocuments.Minimal(Url)).Value.Client, o => o.Excluding(c => c.DocumentHash));
        var (http, without) = With(""","jwks_uri":"http://a.example/keys" """).Value;
        http.JwksUri.Should().BeNull();
        without.Should().Equal("jwks_uri");
    }

    [TestCase(""","grant_types":["client_credentials"]""")]
    [TestCase(""","grant_types":["refresh_token"]""")]
    [Rfc("CIMD-4.1-5")]
    public void Without_the_code_grant_nothing_is_left(string more) => With(more).Error!.Field.Should().Be("grant_types");

    [TestCase("https://app.example.com/other", true)]
    [TestCase("http://localhost/cb", true)]
    [TestCase("https://other.example.com/cb", false)]
    [TestCase("https://app.example.com:8443/cb", false)]
    [TestCase("com.example.app:/cb", false)]
    [Rfc("CIMD-6.1-1")]
    public void A_host_may_want_redirect_URIs_of_the_same_origin(string uri, bool fits)
    {
        Read(PublishedDocuments.Minimal(Url, uri)).Error.Should().BeNull();
        (Read(PublishedDocuments.Minimal(Url, uri), o => o.Documents.SameOrigin = true).Error is null).Should().Be(fits);
    }

    [Test, Rfc("CIMD-6.3-1")]
    public void The_hash_covers_the_members_that_a_consent_rests_on_and_no_others()
    {
        var first = Read(PublishedDocuments.Minimal(Url)).Value.Client.DocumentHash;
        first.Should().NotBeNull();
        With(""","logo_uri":"https://cdn.example/logo.png","client_uri":"https://app.example.com/" """)
            .Value.Client.DocumentHash.Should()
            .Be(first);

        Read(PublishedDocuments.Minimal(Url, "https://app.example.com/cb2")).Value.Client.DocumentHash.Should().NotBe(first);
        With(""","token_endpoint_auth_method":"own_method" """, "own_method").Value.Client.DocumentHash.Should().NotBe(first);
        With(""","jwks":{"keys":[]}""").Value.Client.DocumentHash.Should().NotBe(first);
        With(""","jwks_uri":"https://app.example.com/keys" """).Value.Client.DocumentHash.Should().NotBe(first);
    }

    // Stored hashes are compared with new ones: another form of the hash would ask every user again.
    [TestCase("", "https://app.example.com/cb", "none", "", "")]
    [TestCase(
        ""","jwks_uri":"https://app.example.com/keys","token_endpoint_auth_method":"own_method" """,
        "https://app.example.com/cb",
        "own_method",
        "",
        "\"https://app.example.com/keys\""
    )]
    [TestCase("", "https://b.example/cb\",\"https://a.example/cb", "none", "", "")]
    [Rfc("CIMD-6.3-1")]
    public void The_hash_is_the_same_in_each_version_and_for_each_order_of_the_redirect_URIs(
        string more,
        string uris,
        string method,
        string jwks,
        string jwksUri
    )
    {
        var facts = string.Join('\n', [method, jwks, jwksUri, .. uris.Split("\",\"").Order(StringComparer.Ordinal)]);
        var expected = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(facts)));

        Read(PublishedDocuments.Minimal(Url, uris, more), methods: ["none", "own_method"]).Value.Client.DocumentHash.Should().Be(expected);
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("client_id: must be the URL of the document, to the letter", """{"client_id":"https://other.example/c"}""");
        yield return Case(
            "client_secret: must be absent: a published secret is none",
            PublishedDocuments.Minimal(Url, more: ""","client_secret":"x" """)
        );
        yield return Case(
            "token_endpoint_auth_method: must not need a secret that both sides know",
            PublishedDocuments.Minimal(Url, more: ""","token_endpoint_auth_method":"client_secret_jwt" """)
        );
        yield return Case(
            "grant_types: must have authorization_code",
            PublishedDocuments.Minimal(Url, more: ""","grant_types":["refresh_token"]""")
        );
        yield return Case("client_name: is missing", $$"""{"client_id":"{{Url}}","redirect_uris":["https://app.example.com/cb"]}""");
        yield return Case(
            "By documents:sameOrigin a redirect URI is on the host of the document, or on loopback.",
            PublishedDocuments.Minimal(Url, "https://app.example.com/cb\",\"https://other.example/cb")
        );
        yield return Case(
            "jwks_uri: must be on the origin of the document",
            PublishedDocuments.Minimal(
                Url,
                more: ""","token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://other.example/keys" """
            )
        );

        static TestCaseData Case(string problem, string json) => new TestCaseData(problem, json).SetArgDisplayNames(problem);
    }

    [TestCaseSource(nameof(Refused))]
    public void A_refusal_says_what_the_document_must_have(string problem, string json) =>
        Read(json, o => o.Documents.SameOrigin = true, ["none", "private_key_jwt"]).Error!.Description.Should().Be(problem);

    private static Outcome<DescribedClient> With(string more, params string[] methods) =>
        Read(PublishedDocuments.Minimal(Url, more: more), methods: methods);

    private static Outcome<DescribedClient> Read(string json, Action<HqOAuth2Options>? configure = null, string[]? methods = null)
    {
        var options = Given.Options(configure);
        return ClientDocument.Read(Url, Encoding.UTF8.GetBytes(json), Given.Policies(options, methods ?? []).ForDocument(), options);
    }
}
