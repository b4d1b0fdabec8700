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
        var client = Read(PublishedDocuments.Minimal(Url)).Value;

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
    [TestCase(""","jwks_uri":"http://a.example/keys" """)]
    [TestCase(""","client_uri":"javascript:alert(1)" """)]
    [TestCase(""","response_types":["token"]""")]
    [TestCase(""","redirect_uris":7""")]
    [Rfc("CIMD-4.1-5")]
    public void Its_other_members_keep_the_rules_of_registration(string more) => With(more).Error.Should().NotBeNull();

    [Test, Rfc("CIMD-4.1-5")]
    public void What_this_server_does_not_have_is_left_out()
    {
        var client = With(
            ""","grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:jwt-bearer","client_credentials"]"""
                + ""","response_types":["code","none"],"scope":"openid read profile","unknown":{"a":[1]}"""
        ).Value;

        client.GrantTypes.Should().Equal("authorization_code", "refresh_token");
        client.Scope!.ToString().Should().Be("read");
        With(""","scope":"openid profile" """)
            .Value.Scope!.ToString()
            .Should()
            .Be(Read(PublishedDocuments.Minimal(Url)).Value.Scope!.ToString());
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
    public void What_a_consent_rests_on_is_in_the_hash_and_nothing_else()
    {
        var first = Read(PublishedDocuments.Minimal(Url)).Value.DocumentHash;
        first.Should().NotBeNull();
        With(""","logo_uri":"https://cdn.example/logo.png","client_uri":"https://app.example.com/" """)
            .Value.DocumentHash.Should()
            .Be(first);

        Read(PublishedDocuments.Minimal(Url, "https://app.example.com/cb2")).Value.DocumentHash.Should().NotBe(first);
        With(""","token_endpoint_auth_method":"private_key_jwt" """).Value.DocumentHash.Should().NotBe(first);
        With(""","jwks":{"keys":[]}""").Value.DocumentHash.Should().NotBe(first);
        With(""","jwks_uri":"https://app.example.com/keys" """).Value.DocumentHash.Should().NotBe(first);
    }

    private static Outcome<Client> With(string more) => Read(PublishedDocuments.Minimal(Url, more: more));

    private static Outcome<Client> Read(string json, Action<HqOAuth2Options>? configure = null) =>
        ClientDocument.Read(Url, Encoding.UTF8.GetBytes(json), Given.Options(configure));
}
