using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientMetadataTests
{
    private static readonly HqOAuth2Options options = Given.Options();
    private static readonly ClientPolicy api = ClientPolicy.ForApi(options);
    private static readonly ClientPolicy self = ClientPolicy.ForSelfRegistration(options);
    private static readonly ClientMetadata web = new() { RedirectUris = [Given.RedirectUri] };

    [Test]
    [Rfc("7591-2-2"), Rfc("7591-2-6"), Rfc("7591-2-8"), Rfc("9700-2.5-1")]
    public void What_is_left_out_gets_the_defaults_of_the_standard()
    {
        var filled = web.Checked(api).Value;

        filled.TokenEndpointAuthMethod.Should().Be("client_secret_basic");
        filled.GrantTypes.Should().Equal("authorization_code");
        filled.ResponseTypes.Should().Equal("code");
        filled.RedirectUris.Should().Equal(Given.RedirectUri);
        filled.Type.Should().Be(ClientType.Confidential);
        filled.Scope.Should().BeNull();
        new ClientMetadata { GrantTypes = ["client_credentials"] }
            .Checked(api)
            .Value.ResponseTypes.Should()
            .BeEmpty();
    }

    [Test, Rfc("7591-2-10")]
    public void Who_registers_itself_gets_the_default_scope_or_the_known_part_of_what_it_names()
    {
        web.Checked(self).Value.Scope.Should().Be("read");
        (web with { Scope = "write unknown" }).Checked(self).Value.Scope.Should().Be("write");
        ShouldBeMetadataError(web with { Scope = "unknown" }, self, "scope");
        ShouldBeMetadataError(web with { Scope = "wr\"ite" }, self, "scope");
    }

    [Test]
    public void The_method_none_makes_a_public_client()
    {
        (web with { TokenEndpointAuthMethod = "none" }).Checked(self).Value.Type.Should().Be(ClientType.Public);
    }

    [TestCase("none", true)]
    [TestCase("client_secret_basic", true)]
    [TestCase("client_secret_post", true)]
    [TestCase("private_key_jwt", false)]
    [TestCase("NONE", false)]
    [TestCase("foo", false)]
    [Rfc("7591-2-5")]
    public void Who_registers_itself_chooses_among_three_methods(string method, bool accepted)
    {
        if (accepted)
            (web with { TokenEndpointAuthMethod = method }).Checked(self).Error.Should().BeNull();
        else
            ShouldBeMetadataError(web with { TokenEndpointAuthMethod = method }, self, "token_endpoint_auth_method");
    }

    [TestCase("implicit")]
    [TestCase("password")]
    [TestCase("foo")]
    [TestCase("Authorization_Code")]
    [TestCase("")]
    [Rfc("7591-2-7")]
    public void Grant_types_are_those_of_the_token_endpoint(string grant)
    {
        ShouldBeMetadataError(web with { GrantTypes = ["authorization_code", grant] }, self, "grant_types");
        ShouldBeMetadataError(web with { GrantTypes = ["authorization_code", grant] }, api, "grant_types");
    }

    [Test, Rfc("7591-5-5")]
    public void Client_credentials_and_extension_grants_are_given_by_hand_only()
    {
        foreach (var grant in new[] { "client_credentials", "https://grants.example/x", "urn:ietf:params:oauth:grant-type:jwt-bearer" })
        {
            ShouldBeMetadataError(web with { GrantTypes = [grant] }, self, "grant_types");
            (web with { GrantTypes = [grant] }).Checked(api).Error.Should().BeNull();
        }
    }

    [Test, Rfc("6749-4.4-1")]
    public void A_public_client_has_no_client_credentials()
    {
        ShouldBeMetadataError(web with { TokenEndpointAuthMethod = "none", GrantTypes = ["client_credentials"] }, api, "grant_types");
    }

    [TestCase(true, new[] { "code" }, true)]
    [TestCase(true, new string[0], false)]
    [TestCase(true, new[] { "token" }, false)]
    [TestCase(true, new[] { "code", "token" }, false)]
    [TestCase(false, new string[0], true)]
    [TestCase(false, new[] { "code" }, false)]
    [Rfc("7591-2.1-1")]
    public void Response_types_fit_the_grant_types(bool code, string[] responseTypes, bool accepted)
    {
        var metadata = web with { GrantTypes = [code ? "authorization_code" : "refresh_token"], ResponseTypes = responseTypes };

        if (accepted)
            metadata.Checked(self).Value.ResponseTypes.Should().Equal(responseTypes);
        else
            ShouldBeMetadataError(metadata, self, "response_types");
    }

    [Test]
    [Rfc("7591-5-1"), Rfc("6749-3.1.2.2-1"), Rfc("6749-3.1.2.2-2")]
    public void Who_uses_redirects_registers_them()
    {
        foreach (var method in new[] { "none", "client_secret_basic" })
        {
            var client = new ClientMetadata { TokenEndpointAuthMethod = method };
            client.Checked(api).Error!.Code.Should().Be("invalid_redirect_uri");
            (client with { RedirectUris = [] }).Checked(self).Error!.Code.Should().Be("invalid_redirect_uri");
        }

        new ClientMetadata { GrantTypes = ["client_credentials"] }
            .Checked(api)
            .Value.RedirectUris.Should()
            .BeEmpty();
    }

    [TestCase("http://c.example/cb")]
    [TestCase("/cb")]
    [TestCase("javascript:alert(1)")]
    [TestCase("cursor://x/cb")]
    [Rfc("7591-3.2.2-2"), Rfc("6749-3.1.2-1")]
    public void One_bad_redirect_uri_among_good_ones_refuses_all(string bad)
    {
        // The last is good for public clients only.
        (web with { RedirectUris = [Given.RedirectUri, bad] })
            .Checked(self)
            .Error!.Code.Should()
            .Be("invalid_redirect_uri");
        (web with { RedirectUris = [Given.RedirectUri, bad] }).Checked(api).Error!.Code.Should().Be("invalid_redirect_uri");
    }

    [Test]
    [Rfc("7591-2-1"), Rfc("6749-3.1.2.2-4")]
    public void Several_redirect_uris_are_kept_in_order_up_to_a_bound()
    {
        string[] uris = ["https://b.example/cb", "https://a.example/cb"];
        (web with { RedirectUris = uris }).Checked(self).Value.RedirectUris.Should().Equal(uris);
        (web with { RedirectUris = [.. Enumerable.Range(0, 51).Select(i => $"{Given.RedirectUri}/{i}")] })
            .Checked(self)
            .Error!.Code.Should()
            .Be("invalid_redirect_uri");
    }

    [TestCase("client_name", 'a', 256, true)]
    [TestCase("client_name", 'a', 257, false)]
    [TestCase("client_name", '日', 10, true)]
    [TestCase("client_name", '\u202e', 1, false)]
    [TestCase("client_name", '\u2066', 1, false)]
    [TestCase("client_name", '\u200f', 1, false)]
    [TestCase("client_name", '\u061c', 1, false)]
    [TestCase("client_name", '\n', 1, false)]
    [TestCase("client_name", '\0', 1, false)]
    [TestCase("client_name", '\ue000', 1, false)]
    [TestCase("software_id", '\r', 1, false)]
    [TestCase("software_version", 'v', 257, false)]
    [TestCase("contacts", 'a', 257, false)]
    [TestCase("contacts", '\u202e', 1, false)]
    [Rfc("7591-2.2-2")]
    public void Texts_are_bounded_and_cannot_turn_the_text_around_them(string member, char c, int count, bool accepted)
    {
        var text = new string(c, count);
        var metadata = member switch
        {
            "client_name" => web with { ClientName = text },
            "software_id" => web with { SoftwareId = text },
            "software_version" => web with { SoftwareVersion = text },
            _ => web with { Contacts = ["a@b.example", text] },
        };

        if (accepted)
            metadata.Checked(self).Value.ClientName.Should().Be(text);
        else
            ShouldBeMetadataError(metadata, self, member);
    }

    [TestCase("http://c.example")]
    [TestCase("javascript:alert(1)")]
    [TestCase("data:text/html,x")]
    [TestCase("HTTPS://c.example")]
    [TestCase("https://user@c.example")]
    [TestCase("https://c.example/\"onload=x")]
    [TestCase("//c.example")]
    [TestCase("http://127.0.0.1/")]
    [TestCase("com.example.app:/x")]
    [Rfc("7591-5-7")]
    public void Every_link_is_https(string link)
    {
        ShouldBeMetadataError(web with { ClientUri = link }, self, "client_uri");
        ShouldBeMetadataError(web with { LogoUri = link }, self, "logo_uri");
        ShouldBeMetadataError(web with { TosUri = link }, self, "tos_uri");
        ShouldBeMetadataError(web with { PolicyUri = link }, self, "policy_uri");
        (web with { ClientUri = "https://other.example/x?y" }).Checked(self).Error.Should().BeNull();
    }

    private static void ShouldBeMetadataError(ClientMetadata metadata, ClientPolicy policy, string member)
    {
        var error = metadata.Checked(policy).Error!;
        error.Code.Should().Be("invalid_client_metadata");
        error.Description.Should().StartWith(member + ": ");
    }
}
