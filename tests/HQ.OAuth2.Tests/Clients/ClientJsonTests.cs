using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientJsonTests
{
    private const string Hash = "$2a$04$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu";

    // No member has its default.
    private static readonly Client full = new()
    {
        ClientId = "full",
        Type = ClientType.Confidential,
        Provenance = ClientProvenance.Dcr,
        TokenEndpointAuthMethod = "client_secret_post",
        Secrets = [new() { Hash = Hash, Generated = true }, new() { Hash = Hash + "2", ExpiresAt = TestClock.Start.AddDays(1) }],
        RedirectUris = [Given.RedirectUri, "https://app.example.com/ü?a=b"],
        GrantTypes = ["client_credentials", "urn:own"],
        Scope = ScopeSet.Of("read", "write"),
        ScopeIsCeiling = true,
        Version = 7,
        Org = "acme",
        CreatedAt = TestClock.Start.AddMilliseconds(7),
        LastUsedOn = new(2026, 11, 23),
        Disabled = true,
        Trusted = true,
        RequirePkce = false,
        RequirePushedAuthorizationRequests = true,
        DpopBoundAccessTokens = true,
        Introspects = ["*"],
        ClientName = "Ünï \"quoted\"",
        ClientUri = "https://app.example.com",
        LogoUri = "https://app.example.com/logo",
        TosUri = "https://app.example.com/tos",
        PolicyUri = "https://app.example.com/policy",
        Contacts = ["ops@example.com"],
        SoftwareId = "software",
        SoftwareVersion = "1.0",
        ApplicationType = "native",
        TokenEndpointAuthSigningAlg = "RS256",
        JwksUri = "https://app.example.com/keys",
        Jwks = """{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}""",
        RegistrationAccessTokenHash = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
        DocumentHash = "N7xI0VniQq83vEjRWeJAq83vEjRWeJCrze8SNFZ4kKs=",
    };

    // Also those that only the server sets.
    private static readonly PropertyInfo[] members =
    [
        .. typeof(Client)
            .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(p => p.SetMethod is not null || p.GetMethod!.IsPublic),
    ];

    [Test]
    public void Every_member_comes_back_but_the_day_of_the_last_use()
    {
        var json = full.ToJson();
        var back = Client.FromJson(json);

        foreach (var member in members.Where(p => p.Name != nameof(Client.LastUsedOn)))
            member.GetValue(back).Should().BeEquivalentTo(member.GetValue(full), member.Name);
        back.LastUsedOn.Should().BeNull();
        json.Should().NotContain("last_used");
        back.ToJson().Should().Be(json);
    }

    [Test]
    public void No_member_of_the_example_has_its_default()
    {
        var plain = Given.Client();
        foreach (var member in members)
            JsonSerializer.Serialize(member.GetValue(full)).Should().NotBe(JsonSerializer.Serialize(member.GetValue(plain)), member.Name);
    }

    [Test]
    public void Hashes_are_kept_with_what_belongs_to_them()
    {
        Client.FromJson(full.ToJson()).Secrets.Should().BeEquivalentTo(full.Secrets, o => o.WithStrictOrdering());
    }

    [Test]
    public void Members_that_may_be_missing_get_their_defaults()
    {
        const string least = """
            {"client_id":"app","type":"Public","provenance":"Api","token_endpoint_auth_method":"none","created_at":0,"grant_types":["authorization_code"]}
            """;

        Client
            .FromJson(least)
            .Should()
            .BeEquivalentTo(
                new Client
                {
                    ClientId = "app",
                    Type = ClientType.Public,
                    TokenEndpointAuthMethod = "none",
                    GrantTypes = ["authorization_code"],
                }
            );
        Client.FromJson(least.Replace("{", """{"from_a_later_version":{"x":[1]},""", StringComparison.Ordinal)).ClientId.Should().Be("app");
    }

    [Test]
    public void A_client_whose_removal_was_interrupted_is_read_with_empty_lists()
    {
        var back = Client.FromJson((full with { GrantTypes = [], RedirectUris = [], Contacts = [], Secrets = [] }).ToJson());

        back.GrantTypes.Should().BeEmpty();
        back.RedirectUris.Should().BeEmpty();
    }

    [Test]
    public void A_flag_that_is_off_is_not_in_the_text() =>
        (full with { DpopBoundAccessTokens = false }).ToJson().Should().NotContain("dpop_bound_access_tokens");

    [TestCase(-62_135_596_800_000, true)]
    [TestCase(-62_135_596_800_001, false)]
    [TestCase(253_402_300_799_999, true)]
    [TestCase(253_402_300_800_000, false)]
    public void A_time_is_in_the_years_1_to_9999(long milliseconds, bool fits)
    {
        var read = Invoking(json => json["created_at"] = milliseconds);

        if (fits)
            read.Should().NotThrow();
        else
            read.Should().Throw<JsonException>().WithMessage($"{milliseconds} is no time.");
    }

    // Earlier texts have the same members in another order.
    [Test]
    public void A_text_of_an_earlier_version_gives_the_same_client()
    {
        var old = $$"""
            {"client_id":"full","type":"Confidential","provenance":"Dcr","token_endpoint_auth_method":"client_secret_post",
             "created_at":{{full.CreatedAt.ToUnixTimeMilliseconds()}},"version":7,
             "secrets":[{"hash":"{{Hash}}","generated":true},
                        {"hash":"{{Hash}}2","expires_at":{{TestClock.Start.AddDays(1).ToUnixTimeMilliseconds()}},"generated":false}],
             "redirect_uris":["{{Given.RedirectUri}}","https://app.example.com/\u00FC?a=b"],"grant_types":["client_credentials","urn:own"],
             "scope":"read write","scope_is_ceiling":true,"org":"acme","disabled":true,"trusted":true,"require_pkce":false,
             "introspects":["*"],"client_name":"\u00DCn\u00EF \u0022quoted\u0022","client_uri":"https://app.example.com",
             "logo_uri":"https://app.example.com/logo","tos_uri":"https://app.example.com/tos",
             "policy_uri":"https://app.example.com/policy","contacts":["ops@example.com"],"software_id":"software",
             "software_version":"1.0","application_type":"native",
             "registration_access_token_hash":"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="}
            """;

        Client
            .FromJson(old)
            .ToJson()
            .Should()
            .Be(
                (
                    full with
                    {
                        TokenEndpointAuthSigningAlg = null,
                        JwksUri = null,
                        Jwks = null,
                        RequirePushedAuthorizationRequests = null,
                        DocumentHash = null,
                        DpopBoundAccessTokens = false,
                    }
                ).ToJson()
            );
    }

    [TestCase("client_id")]
    [TestCase("type")]
    [TestCase("provenance")]
    [TestCase("token_endpoint_auth_method")]
    [TestCase("created_at")]
    [TestCase("grant_types")]
    public void A_member_that_must_be_there_is_missed(string member)
    {
        Invoking(json => json.Remove(member)).Should().Throw<JsonException>().WithMessage($"*{member}*");
        Invoking(json => json[member] = null).Should().Throw<JsonException>();
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("\"app\"")]
    [TestCase("{")]
    [TestCase("{}")]
    [TestCase("not json")]
    public void What_is_no_client_is_a_JsonException(string json)
    {
        var read = () => Client.FromJson(json);

        read.Should().Throw<JsonException>();
    }

    [TestCase("scope", "\"a\\\"b\"", TestName = "A_quotation_mark_in_a_stored_scope_is_a_JsonException")]
    [TestCase("scope", "\"ä\"")]
    [TestCase("scope", "7")]
    [TestCase("type", "\"secret\"")]
    [TestCase("created_at", "\"yesterday\"")]
    [TestCase("created_at", "9223372036854775807")]
    [TestCase("secrets", "[{\"hash\":\"h\",\"expires_at\":9223372036854775807,\"generated\":false}]")]
    [TestCase("secrets", "[null]")]
    [TestCase("secrets", "[{\"generated\":false}]")]
    [TestCase("redirect_uris", "[null]")]
    [TestCase("grant_types", "[\"a\",null]")]
    [TestCase("introspects", "[null]")]
    [TestCase("contacts", "[null]")]
    [TestCase("secrets", "[{\"hash\":null,\"generated\":false}]")]
    [TestCase("redirect_uris", "\"https://app.example.com/cb\"")]
    public void A_member_that_cannot_be_is_a_JsonException(string member, string value) =>
        Invoking(json => json[member] = JsonNode.Parse(value)).Should().Throw<JsonException>();

    [Test]
    public void What_is_printed_shows_no_hash_and_no_key()
    {
        object[] carriers =
        [
            full.Secrets[0],
            full.Secrets[1],
            full,
            new RegisteredClient(full, "the-secret"),
            new KeyRecord("signing-1", TestClock.Start, "the-secret"),
            new Page<Client>([full], null),
        ];
        foreach (var carrier in carriers)
            carrier.ToString().Should().NotContainAny(Hash, "the-secret");
    }

    private static Action Invoking(Action<JsonObject> change) =>
        () =>
        {
            var json = JsonNode.Parse(full.ToJson())!.AsObject();
            change(json);
            Client.FromJson(json.ToJsonString());
        };
}
