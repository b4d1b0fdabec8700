using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What may be registered: each bound with the value at it, and the sentence that a refusal says.</summary>
internal sealed class ClientMetadataRulesTests
{
    private static readonly HqOAuth2Options options = Given.Options();
    private static readonly ClientPolicy api = Given.Policies(options).ForAdministrator(ClientProvenance.Api);
    private static readonly ClientPolicy self = Given.Policies(options).ForSelfRegistration();
    private static readonly ClientMetadata web = new() { RedirectUris = [Given.RedirectUri] };

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case(
            "token_endpoint_auth_method: this server does not offer own_method; it has none, client_secret_basic, client_secret_post",
            web with
            {
                TokenEndpointAuthMethod = "own_method",
            }
        );
        yield return Case("grant_types: at most 50", web with { GrantTypes = ["authorization_code", .. Many(50, "urn:grant:")] });
        yield return Case("grant_types: this server does not offer one of them to this client", web with { GrantTypes = ["password"] });
        yield return Case(
            "grant_types: client_credentials is for clients that authenticate",
            web with
            {
                TokenEndpointAuthMethod = "none",
                GrantTypes = ["client_credentials"],
            }
        );
        yield return Case("response_types: must be code, for authorization_code", web with { ResponseTypes = ["token"] });
        yield return Case(
            "response_types: must be absent, without authorization_code",
            web with
            {
                GrantTypes = ["client_credentials"],
                ResponseTypes = ["code"],
            }
        );
        yield return Case(
            "There are more redirect_uris than any client needs.",
            web with
            {
                RedirectUris = Many(51, "https://app.example.com/"),
            }
        );
        yield return Case("scope: it is malformed", web with { Scope = "re\"ad" });
        yield return Case("scope: none of it is known here", web with { Scope = "openid profile" });
        yield return Case("contacts: too many or too long", web with { Contacts = Many(51, "a@b.example/") });
        yield return Case("contacts: too many or too long", web with { Contacts = [new string('a', 257)] });
        yield return Case(
            "software_id: at most 256 characters, without control and text-direction characters",
            web with
            {
                SoftwareId = "a\nb",
            }
        );
        yield return Case("logo_uri: must be a plain https URL", web with { LogoUri = "http://l.example" });

        static TestCaseData Case(string problem, ClientMetadata metadata) =>
            new TestCaseData(problem, metadata).SetArgDisplayNames(problem);
    }

    [TestCaseSource(nameof(Refused))]
    public void A_refusal_names_the_member_and_what_it_must_be(string problem, ClientMetadata metadata) =>
        metadata.Checked(api).Error!.Description.Should().Be(problem);

    [Test]
    public void Lists_may_have_fifty_items()
    {
        var metadata = web with
        {
            GrantTypes = ["authorization_code", .. Many(49, "urn:grant:")],
            RedirectUris = Many(50, "https://app.example.com/"),
            Contacts = Many(50, "a@b.example/"),
        };

        var made = metadata.Checked(api).Value;

        (made.GrantTypes!.Count, made.RedirectUris!.Count, made.Contacts!.Count).Should().Be((50, 50, 50));
    }

    // The marks and overrides of text direction, and the ends of lines and paragraphs.
    [TestCase('\u061c', true)]
    [TestCase('\u200d', false)]
    [TestCase('\u200e', true)]
    [TestCase('\u200f', true)]
    [TestCase('\u2010', false)]
    [TestCase('\u2027', false)]
    [TestCase('\u2028', true)]
    [TestCase('\u202e', true)]
    [TestCase('\u202f', false)]
    [TestCase('\u2065', false)]
    [TestCase('\u2066', true)]
    [TestCase('\u2069', true)]
    [TestCase('\u206a', false)]
    [TestCase('\u009f', true)]
    [TestCase('\uf8ff', true)]
    public void Characters_that_move_the_text_around_them_are_no_part_of_a_name(char c, bool isRemoved)
    {
        var metadata = web with { ClientName = $"A{c}B" };

        (metadata.Checked(api).Error is not null).Should().Be(isRemoved);
        metadata.Checked(self).Value.ClientName.Should().Be(isRemoved ? "AB" : $"A{c}B");
    }

    [TestCase("web", "web")]
    [TestCase("native", "native")]
    [TestCase("Web", null)]
    [TestCase("", null)]
    [TestCase("service", null)]
    [TestCase(null, null)]
    public void An_application_type_that_nobody_knows_is_dropped(string? type, string? kept) =>
        (web with { ApplicationType = type }).Checked(api).Value.ApplicationType.Should().Be(kept);

    [Test, Rfc("7591-2-6")]
    public void An_empty_list_of_grant_types_is_an_absent_one() =>
        (web with { GrantTypes = [] }).Checked(api).Value.GrantTypes.Should().Equal("authorization_code");

    [Test]
    public void Of_a_key_set_without_a_usable_key_nothing_is_registered() =>
        (web with { Jwks = """{"keys":[]}""" }).Checked(api).Value.Jwks.Should().BeNull();

    [Test]
    public void Before_the_methods_of_the_server_are_known_every_name_is_accepted_and_an_empty_one_is_not()
    {
        var early = ClientPolicy.ForApi(new ServerSettings(options));

        (web with { TokenEndpointAuthMethod = "own_method" }).Checked(early).Error.Should().BeNull();
        (web with { TokenEndpointAuthMethod = "" }).Checked(early).Error!.Field.Should().Be("token_endpoint_auth_method");
    }

    [TestCase("", false)]
    [TestCase("a", true)]
    [TestCase("Az09-._~:", true)]
    [TestCase("a/b", false)]
    [TestCase("\u00e4", false)]
    public void A_client_id_that_the_host_chooses_has_these_characters(string id, bool fits) =>
        ClientMetadata.IsClientId(id).Should().Be(fits);

    [TestCase(200, true)]
    [TestCase(201, false)]
    public void A_client_id_that_the_host_chooses_has_at_most_200_characters(int length, bool fits) =>
        ClientMetadata.IsClientId(new('a', length)).Should().Be(fits);

    [TestCase("""{"client_name":7}""", "client_name: it has the wrong JSON type")]
    [TestCase("""{"redirect_uris":"https://a.example"}""", "redirect_uris: it has the wrong JSON type")]
    [TestCase("""{"redirect_uris":[7]}""", "redirect_uris: it has the wrong JSON type")]
    [TestCase("""{"dpop_bound_access_tokens":"true"}""", "dpop_bound_access_tokens: it has the wrong JSON type")]
    [TestCase("""{"jwks":{},"jwks_uri":"https://a.example"}""", "jwks: must not be present together with jwks_uri")]
    [TestCase("""{"jwks":{},"jwks_uri":""}""", "jwks: must not be present together with jwks_uri")]
    [Rfc("7591-2-12")]
    public void JSON_that_is_no_metadata_is_refused_by_its_member(string json, string problem) =>
        ClientMetadataJson.Parse(Encoding.UTF8.GetBytes(json)).Error!.Description.Should().Be(problem);

    [Test]
    public void The_methods_of_the_server_are_asked_for_once()
    {
        var asked = 0;
        var policies = new ClientPolicies(
            new ServerSettings(options),
            () =>
            {
                asked++;
                return ["none"];
            }
        );

        policies.ForSelfRegistration().Methods.Should().Equal("none");
        policies.ForDocument().Methods.Should().Equal("none");
        asked.Should().Be(1);
    }

    [TestCase(false, false, false)]
    [TestCase(true, false, false)]
    [TestCase(false, true, false)]
    [TestCase(true, true, true)]
    public void A_device_registers_itself_where_both_settings_allow_it(bool devices, bool themselves, bool allowed)
    {
        var settings = new ServerSettings(Given.Options(o => (o.DeviceAuthorization, o.SelfRegisteredDevices) = (devices, themselves)));

        ClientPolicy.ForAnybody(settings).AllowsGrantType(OAuthGrantTypes.DeviceCode).Should().Be(allowed);
        ClientPolicy.ForAnybody(settings).AllowsGrantType(OAuthGrantTypes.AuthorizationCode).Should().BeTrue();
        ClientPolicy.ForAnybody(settings).AllowsGrantType(OAuthGrantTypes.ClientCredentials).Should().BeFalse();
    }

    private static string[] Many(int count, string start) => [.. Enumerable.Range(0, count).Select(i => start + i)];
}
