using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Who learns what about a token (RFC 7662 §2.2, §4).</summary>
internal sealed class IntrospectionEndpointTests
{
    private const string Notes = "https://notes.example.com";
    private const string Files = "https://files.example.com";
    private const string Secret = "correct horse";

    private readonly TestClock clock = new();
    private CoreHost host = null!;
    private string token = null!;

    [SetUp]
    public async Task A_token_for_two_resources()
    {
        host = NewHost();
        token = await TokenAsync(host);
    }

    [TearDown]
    public async Task End() => await host.DisposeAsync();

    [TestCase("owner", Notes, Files)]
    [TestCase("all", Notes, Files)]
    [TestCase("notes", Notes)]
    [Rfc("7662-2.2-6")]
    public async Task A_caller_learns_the_audiences_that_are_its_own(string caller, params string[] audience)
    {
        var answer = (await AskAsync(host, caller, token)).Value;

        (answer.Active, answer.ClientId, answer.TokenType).Should().Be((true, "owner", "Bearer"));
        answer.Audience.Should().Equal(audience);
    }

    [TestCase("stranger")]
    [TestCase("registered")]
    public async Task Another_client_learns_nothing(string caller)
    {
        // It asked for the right itself.
        var registered = Given.Client("registered", ClientType.Confidential) with
        {
            Provenance = ClientProvenance.Dcr,
            Secrets = [ClientSecrets.Keep(Secret, 4)],
            Introspects = ["*"],
        };
        await ((IClientRegistry)host.Get<IClientStore>()).TryAddAsync(registered, default);

        var answer = (await AskAsync(host, caller, token)).Value;

        answer.Should().BeEquivalentTo(IntrospectionResponse.Inactive);
        answer.Active.Should().BeFalse();
    }

    [Test]
    public async Task A_resource_that_demands_proofs_has_no_token_without_a_key()
    {
        await using var strict = NewHost(o => o.Resources[0].RequireDpop = true);
        var bound = await TokenAsync(strict, "thumbprint");

        var answer = (await AskAsync(strict, "notes", bound)).Value;
        (answer.TokenType, answer.Confirmation!.Thumbprint).Should().Be(("DPoP", "thumbprint"));
        // From before the demand.
        (await AskAsync(strict, "notes", await TokenAsync(strict)))
            .Value.Active.Should()
            .BeFalse();
    }

    [Test]
    public async Task A_token_has_to_be_named()
    {
        (await AskAsync(host, "all", null)).Error!.Description.Should().Contain("token");
    }

    [Test]
    public async Task An_anonymous_address_gets_so_many_unknown_tokens_a_minute()
    {
        await using var open = NewHost(o =>
        {
            o.UnauthenticatedIntrospection = true;
            o.Limits.FailedAuthenticationsPerMinute = 2;
        });
        var live = await TokenAsync(open);

        for (var i = 0; i < 3; i++)
            (await AskAsync(open, null, live)).Value.Active.Should().BeTrue("a live token is not counted");
        for (var i = 0; i < 2; i++)
            (await AskAsync(open, null, "unknown")).Value.Active.Should().BeFalse();
        (await AskAsync(open, null, "unknown")).Error!.Code.Should().Be(OAuthError.TooManyRequests.Code);
        (await AskAsync(open, null, live)).Error!.Code.Should().Be(OAuthError.TooManyRequests.Code, "nothing tells which are unknown");
    }

    [TestCase("client_id")]
    [TestCase("client_secret")]
    [TestCase("client_assertion")]
    public async Task A_caller_that_names_itself_is_not_anonymous(string parameter)
    {
        await using var open = NewHost(o => o.UnauthenticatedIntrospection = true);
        var request = new OAuthRequest { Parameters = OAuthParameters.Of(("token", await TokenAsync(open)), (parameter, "nobody")) };

        (await open.WithAsync((IntrospectionEndpoint e) => e.HandleAsync(request, default))).Error!.Code.Should().Be("invalid_client");
    }

    [TestCase(null, null)]
    [TestCase("acme", "acme")]
    public async Task The_organization_is_told_if_there_is_one(string? organization, string? told)
    {
        var (row, refresh) = Given.Active();
        await host.Get<IAuthorizationStore>().AddAsync((row with { ClientId = "owner", Organization = organization }).ToRecord(), default);

        var answer = (await AskAsync(host, "owner", refresh.ToWire())).Value;

        answer.Active.Should().BeTrue();
        (answer.HostMembers is { } members && members.TryGetValue("org_id", out var id) ? id.GetString() : null).Should().Be(told);
    }

    [TestCase(null)]
    [TestCase(60)]
    public async Task A_refresh_token_says_when_it_was_issued_and_when_it_ends(int? endsIn)
    {
        var (row, refresh) = Given.Active();
        var end = endsIn is { } seconds ? TestClock.Start.AddSeconds(seconds) : (DateTimeOffset?)null;
        row = row with { ClientId = "owner", EndsAt = end };
        await host.Get<IAuthorizationStore>().AddAsync(row.ToRecord(), default);

        var answer = (await AskAsync(host, "owner", refresh.ToWire())).Value;

        answer.IssuedAt.Should().Be(row.Code.RedeemedAt!.Value.ToUnixTimeSeconds());
        answer.ExpiresAt.Should().Be((end ?? row.Refresh!.EndsAt).ToUnixTimeSeconds());
        (await AskAsync(host, "all", refresh.ToWire())).Value.Active.Should().BeFalse("it is another client's");
    }

    private static async Task<string> TokenAsync(CoreHost host, string? key = null)
    {
        var row = Given.Active().Row with { ClientId = "owner", Resources = [Notes, Files] };
        await host.Get<IAuthorizationStore>().AddAsync(row.ToRecord(), default);
        var request = new TokenRequest(Given.Client("owner", ClientType.Confidential), OAuthParameters.Empty, TestClock.Start)
        {
            DpopKey = key,
        };
        var grant = new TokenGrant(row, row.Scope, [.. row.Resources], null);
        return (await host.WithAsync((TokenIssuer issuer) => issuer.IssueAsync(request, grant, default))).AccessToken;
    }

    private static async Task<Outcome<IntrospectionResponse>> AskAsync(CoreHost host, string? caller, string? token)
    {
        var form = new List<(string, string)>();
        if (caller is not null)
            form.AddRange([("client_id", caller), ("client_secret", Secret)]);
        if (token is not null)
            form.Add(("token", token));
        var request = new OAuthRequest { Parameters = OAuthParameters.Of([.. form]) };
        return await host.WithAsync((IntrospectionEndpoint e) => e.HandleAsync(request, default));
    }

    private CoreHost NewHost(Action<HqOAuth2Options>? configure = null) =>
        new(
            o =>
            {
                o.Resources.Add(new() { Identifier = Notes });
                o.Resources.Add(new() { Identifier = Files });
                foreach (var (id, introspects) in new[] { ("owner", ""), ("all", "*"), ("notes", Notes), ("stranger", "") })
                {
                    var client = new ClientOptions { ClientId = id, Secret = Secret };
                    client.GrantTypes.Add("client_credentials");
                    if (introspects.Length > 0)
                        client.Introspects.Add(introspects);
                    o.Clients.Add(client);
                }

                configure?.Invoke(o);
            },
            clock
        );
}
