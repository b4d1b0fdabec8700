using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientMetadataTests
{
    private static readonly HqOAuth2Options options = Given.Options();
    private static readonly ClientPolicy api = Given.Policies(options).ForAdministrator(ClientProvenance.Api);
    private static readonly ClientPolicy self = Given.Policies(options).ForSelfRegistration();
    private static readonly ClientMetadata web = new() { RedirectUris = [Given.RedirectUri] };

    [Test]
    [Rfc("7591-2-2"), Rfc("7591-2-6"), Rfc("7591-2-8"), Rfc("9700-2.5-1")]
    public void Absent_members_get_the_defaults_of_the_standard()
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

    [Test]
    public void Each_member_is_read_by_its_name()
    {
        const string json = """
            {
              "redirect_uris": ["a"], "grant_types": ["b"], "response_types": ["c"], "contacts": ["d"], "client_name": "e", "client_uri": "f",
              "logo_uri": "g", "tos_uri": "h", "policy_uri": "i", "software_id": "j", "software_version": "k", "scope": "l",
              "application_type": "m", "token_endpoint_auth_method": "n", "token_endpoint_auth_signing_alg": "o", "jwks_uri": "p",
              "require_pushed_authorization_requests": true, "dpop_bound_access_tokens": true
            }
            """;

        ClientMetadataJson
            .Parse(System.Text.Encoding.UTF8.GetBytes(json))
            .Value.Should()
            .BeEquivalentTo(
                new ClientMetadata
                {
                    RedirectUris = ["a"],
                    GrantTypes = ["b"],
                    ResponseTypes = ["c"],
                    Contacts = ["d"],
                    ClientName = "e",
                    ClientUri = "f",
                    LogoUri = "g",
                    TosUri = "h",
                    PolicyUri = "i",
                    SoftwareId = "j",
                    SoftwareVersion = "k",
                    Scope = "l",
                    ApplicationType = "m",
                    TokenEndpointAuthMethod = "n",
                    TokenEndpointAuthSigningAlg = "o",
                    JwksUri = "p",
                    RequirePushedAuthorizationRequests = true,
                    DpopBoundAccessTokens = true,
                }
            );
    }

    [Test, Rfc("7591-2-10")]
    public void A_self_registered_client_gets_the_default_scope_or_the_known_part_of_its_own()
    {
        web.Checked(self).Value.Scope.Should().Be("read");
        (web with { Scope = "write unknown" }).Checked(self).Value.Scope.Should().Be("write");
        (web with { Scope = " wr\"ite  delete é " }).Checked(self).Value.Scope.Should().Be("delete");
        foreach (var unknown in new[] { "unknown", "wr\"ite", " ", "é" })
        {
            (web with { Scope = unknown }).Checked(self).Value.Scope.Should().Be("read");
            if (unknown != " ")
                ShouldBeMetadataError(web with { Scope = unknown }, api, "scope");
        }
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
    public void A_self_registered_client_chooses_among_three_methods(string method, bool accepted)
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
        ShouldBeMetadataError(web with { GrantTypes = [grant] }, self, "grant_types");
        ShouldBeMetadataError(web with { GrantTypes = ["authorization_code", grant] }, api, "grant_types");
        (web with { GrantTypes = [grant, "authorization_code", grant] })
            .Checked(self)
            .Value.GrantTypes.Should()
            .Equal("authorization_code");
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
    [TestCase(true, new[] { "code token", "code" }, false)]
    [TestCase(false, new string[0], true)]
    [TestCase(false, new[] { "code" }, false)]
    [Rfc("7591-2.1-1")]
    public void Response_types_follow_from_the_grant_types(bool code, string[] responseTypes, bool fit)
    {
        var metadata = web with { GrantTypes = [code ? "authorization_code" : "refresh_token"], ResponseTypes = responseTypes };

        metadata.Checked(self).Value.ResponseTypes.Should().Equal(code ? ["code"] : []);
        if (fit)
            metadata.Checked(api).Value.ResponseTypes.Should().Equal(responseTypes);
        else
            ShouldBeMetadataError(metadata, api, "response_types");
    }

    [Test]
    [Rfc("7591-5-1"), Rfc("6749-3.1.2.2-1"), Rfc("6749-3.1.2.2-2")]
    public void A_client_that_uses_redirects_registers_them()
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

    [TestCase("client_name", 'a', 257)]
    [TestCase("client_name", '\u202e', 1)]
    [TestCase("client_name", '\u2066', 1)]
    [TestCase("client_name", '\u200f', 1)]
    [TestCase("client_name", '\u061c', 1)]
    [TestCase("client_name", '\n', 1)]
    [TestCase("client_name", '\0', 1)]
    [TestCase("client_name", '\ue000', 1)]
    [TestCase("software_id", '\r', 1)]
    [TestCase("software_version", 'v', 257)]
    [TestCase("token_endpoint_auth_signing_alg", 'a', 257)]
    [TestCase("token_endpoint_auth_signing_alg", '\n', 1)]
    [TestCase("contacts", 'a', 257)]
    [TestCase("contacts", '\u202e', 1)]
    [Rfc("7591-2.2-2")]
    public void A_text_that_is_too_long_or_deceptive_is_cleaned_for_a_stranger_and_an_error_for_an_administrator(
        string member,
        char c,
        int count
    )
    {
        var bad = new string(c, count);
        var metadata = member switch
        {
            "client_name" => web with { ClientName = "A" + bad + "B" },
            "software_id" => web with { SoftwareId = bad },
            "software_version" => web with { SoftwareVersion = bad },
            "token_endpoint_auth_signing_alg" => web with { TokenEndpointAuthSigningAlg = bad },
            _ => web with { Contacts = ["a@b.example", bad] },
        };

        ShouldBeMetadataError(metadata, api, member);
        var kept = metadata.Checked(self).Value;
        kept.LeftOut.Should().Equal(member);
        kept.ClientName.Should()
            .Be(
                member != "client_name" ? null
                : count == 1 ? "AB"
                : "A" + new string('a', 255)
            );
        (kept.SoftwareId, kept.SoftwareVersion, kept.TokenEndpointAuthSigningAlg).Should().Be((null, null, null));
        kept.Contacts.Should().BeEquivalentTo(member == "contacts" ? ["a@b.example"] : (string[]?)null);
    }

    [TestCase('a', 256)]
    [TestCase('日', 10)]
    public void Text_within_the_bounds_is_kept_as_it_is(char c, int count)
    {
        var text = new string(c, count);
        var metadata = web with { ClientName = text, SoftwareId = text, SoftwareVersion = text, Contacts = [text] };

        foreach (var policy in new[] { api, self })
        {
            var kept = metadata.Checked(policy).Value;
            (kept.ClientName, kept.SoftwareId, kept.SoftwareVersion).Should().Be((text, text, text));
            kept.Contacts.Should().Equal(text);
            kept.LeftOut.Should().BeEmpty();
        }
    }

    [Test]
    public void A_name_is_not_cut_within_a_character()
    {
        (web with { ClientName = new string('a', 255) + "🚀" }).Checked(self).Value.ClientName.Should().Be(new string('a', 255));
    }

    [TestCase("http://c.example")]
    [TestCase("javascript:alert(1)")]
    [TestCase("data:text/html,x")]
    [TestCase("HTTPS://c.example")]
    [TestCase("https://user:secret@c.example")]
    [TestCase("https://c.example/\"onload=x", TestName = "A_link_with_a_quotation_mark_is_left_out")]
    [TestCase("//c.example")]
    [TestCase("http://127.0.0.1/")]
    [TestCase("com.example.app:/x")]
    [TestCase("https://")]
    [Rfc("7591-5-7")]
    public void Every_link_is_https_or_left_out(string link)
    {
        ShouldBeMetadataError(web with { ClientUri = link }, api, "client_uri");
        ShouldBeMetadataError(web with { LogoUri = link }, api, "logo_uri");
        ShouldBeMetadataError(web with { TosUri = link }, api, "tos_uri");
        ShouldBeMetadataError(web with { PolicyUri = link }, api, "policy_uri");
        ShouldBeMetadataError(web with { JwksUri = link }, api, "jwks_uri");

        var metadata = web with { ClientUri = link, LogoUri = link, TosUri = link, PolicyUri = link, JwksUri = link };
        var kept = metadata.Checked(self).Value;
        (kept.ClientUri, kept.LogoUri, kept.TosUri, kept.PolicyUri, kept.JwksUri).Should().Be((null, null, null, null, null));
        kept.LeftOut.Should().Equal("client_uri", "logo_uri", "tos_uri", "policy_uri", "jwks_uri");
        (web with { ClientUri = "https://other.example/x?y" }).Checked(self).Value.ClientUri.Should().Be("https://other.example/x?y");
    }

    [TestCase("private_key_jwt", new[] { "none", "private_key_jwt" }, "none")]
    [TestCase("private_key_jwt", new[] { "x", "client_secret_post", "none" }, "client_secret_post")]
    [TestCase("client_secret_basic", new[] { "none" }, "client_secret_basic")]
    [TestCase(null, new[] { "none", "client_secret_basic" }, "none")]
    [TestCase(null, new string[0], "client_secret_basic")]
    [Rfc("7591-2-5")]
    public void The_first_method_of_a_clients_list_that_the_server_has_is_taken_where_its_own_choice_is_not_there(
        string? preferred,
        string[] list,
        string method
    ) =>
        (web with { TokenEndpointAuthMethod = preferred, TokenEndpointAuthMethodsSupported = list })
            .Checked(self)
            .Value.TokenEndpointAuthMethod.Should()
            .Be(method);

    [Test, Rfc("7591-2-5")]
    public void A_list_of_methods_is_read_up_to_a_bound_and_refused_when_none_of_it_is_there()
    {
        string[] unknown = [.. Enumerable.Range(0, 50).Select(i => "m" + i)];
        var metadata = web with { TokenEndpointAuthMethod = "private_key_jwt" };

        ShouldBeMetadataError(metadata with { TokenEndpointAuthMethodsSupported = unknown }, self, "token_endpoint_auth_method");
        ShouldBeMetadataError(
            metadata with
            {
                TokenEndpointAuthMethodsSupported = [.. unknown, "none"],
            },
            self,
            "token_endpoint_auth_method"
        );
        (metadata with { TokenEndpointAuthMethodsSupported = [.. unknown[1..], "none"] })
            .Checked(self)
            .Value.TokenEndpointAuthMethod.Should()
            .Be("none");
    }

    [Test]
    public void The_methods_are_those_of_the_server_for_an_administrator_too()
    {
        ShouldBeMetadataError(web with { TokenEndpointAuthMethod = "tls_client_auth" }, api, "token_endpoint_auth_method");
        var own = Given.Policies(options, "none", "tls_client_auth");
        foreach (var policy in new[] { own.ForAdministrator(ClientProvenance.Api), own.ForSelfRegistration(), own.ForDocument() })
            (web with { TokenEndpointAuthMethod = "tls_client_auth" }).Checked(policy).Error.Should().BeNull();
    }

    [Test, Rfc("7591-3.2.1-7")]
    public void The_note_of_left_out_values_has_protocol_names_and_no_free_text()
    {
        var metadata = web with
        {
            TokenEndpointAuthMethod = "private_key_jwt",
            TokenEndpointAuthMethodsSupported = ["none"],
            GrantTypes = ["authorization_code", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
            ResponseTypes = ["code", "code token"],
            Scope = "read openid",
            LogoUri = "https://user:secret@c.example",
            Contacts = [new string('x', 300)],
        };

        metadata
            .Checked(self)
            .Value.LeftOut.Should()
            .Equal(
                "token_endpoint_auth_method (private_key_jwt)",
                "grant_types (implicit urn:ietf:params:oauth:grant-type:jwt-bearer)",
                "response_types (code token)",
                "scope (openid)",
                "logo_uri",
                "contacts"
            );
        web.Checked(self).Value.LeftOut.Should().BeEmpty();
        (web with { GrantTypes = [new string('g', 5000), .. Enumerable.Range(0, 90).Select(i => "g" + i), "authorization_code"] })
            .Checked(self)
            .Value.LeftOut.Should()
            .ContainSingle()
            .Which.Length.Should()
            .BeLessThan(200);
    }

    [Test]
    public void The_tables_have_each_member_by_its_name_in_JSON()
    {
        var members = typeof(ClientMetadata).GetProperties().ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name));

        ClientMetadata
            .Texts.Select(t => t.Name)
            .Concat(ClientMetadata.Lists.Select(l => l.Name))
            .Concat(ClientMetadata.Flags.Select(f => f.Name))
            .Should()
            .BeEquivalentTo([.. members.Keys.Except(["jwks"]), "token_endpoint_auth_methods_supported"], "keys have rules of their own");
        foreach (var flag in ClientMetadata.Flags)
            members[flag.Name].GetValue(flag.Set(web, true)).Should().Be(true, flag.Name);
        foreach (var text in ClientMetadata.Texts)
        {
            var metadata = text.Set(web, "x");
            members[text.Name].GetValue(metadata).Should().Be("x", text.Name);
            text.Get(metadata).Should().Be("x", text.Name);
            text.Set(metadata, null).Should().Be(web, text.Name);
        }

        foreach (var list in ClientMetadata.Lists.Where(l => members.ContainsKey(l.Name)))
            members[list.Name].GetValue(list.Set(web, ["x"])).Should().BeEquivalentTo(new[] { "x" }, list.Name);
        foreach (var member in typeof(ClientMembers).GetProperties())
            member
                .GetCustomAttribute<JsonPropertyNameAttribute>()!
                .Name.Should()
                .Be(JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name));
    }

    private static void ShouldBeMetadataError(ClientMetadata metadata, ClientPolicy policy, string member)
    {
        var error = metadata.Checked(policy).Error!;
        error.Code.Should().Be("invalid_client_metadata");
        error.Description.Should().StartWith(member + ": ");
    }
}
