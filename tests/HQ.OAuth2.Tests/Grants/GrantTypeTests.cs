using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.Tests;

/// <summary>The grants of the token endpoint: what each requires, what it issues, and what a replay is called.</summary>
internal sealed class GrantTypeTests
{
    private const string Notes = "https://notes.example";

    private static readonly string[] two = ["https://auth.example.com", Notes];

    private readonly RecordingEvents events = new();
    private TestClock clock = null!;

    [SetUp]
    public void Start()
    {
        clock = new();
        events.All.Clear();
    }

    [Test, Rfc("8707-2.2-1")]
    public async Task A_code_for_two_resources_gives_a_token_for_the_one_that_is_asked_for()
    {
        await using var host = Host();
        var code = await AddCodeAsync(host);

        var tokens = (await ExchangeAsync(host, code, ("resource", Notes))).Value;

        (await host.Get<AccessTokenReader>().ReadAsync(tokens.AccessToken, default))!.Audience.Should().Equal(Notes);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_client_gets_a_refresh_token_if_it_is_registered_for_that_grant(bool refreshes)
    {
        await using var host = Host(o =>
        {
            o.Clients[^1].GrantTypes.Add(OAuthGrantTypes.AuthorizationCode);
            if (refreshes)
                o.Clients[^1].GrantTypes.Add(OAuthGrantTypes.RefreshToken);
        });

        var tokens = (await ExchangeAsync(host, await AddCodeAsync(host))).Value;

        (tokens.RefreshToken is not null).Should().Be(refreshes);
    }

    [Test]
    public async Task A_replay_of_a_code_is_told_as_one()
    {
        await using var host = Host();
        var code = await AddCodeAsync(host);
        (await ExchangeAsync(host, code)).Error.Should().BeNull();
        clock.Advance(TimeSpan.FromMinutes(5));

        (await ExchangeAsync(host, code)).Error.ShouldBe(OAuthError.InvalidCode);

        Replayed().Should().Be("code");
    }

    [Test]
    public async Task A_replay_of_a_refresh_token_is_told_as_one()
    {
        await using var host = Host();
        var first = (await ExchangeAsync(host, await AddCodeAsync(host))).Value.RefreshToken!;
        (await host.RefreshAsync(first)).RefreshToken.Should().NotBe(first);
        clock.Advance(TimeSpan.FromMinutes(5));

        (await TokenAsync(host, ("grant_type", "refresh_token"), ("refresh_token", first))).Error.ShouldBe(OAuthError.InvalidRefreshToken);

        Replayed().Should().Be("refresh token");
    }

    [Test]
    public async Task A_replay_of_a_device_code_is_told_as_one()
    {
        await using var host = Host(AllowDevices);
        var (row, code) = Given.Authorization(challenge: null);
        await AddAsync(host, row with { Code = row.Code with { RedirectUri = "", RedirectUriWasSent = false } });
        var device = new DeviceCode(code, UserCode.New());
        (await PollAsync(host, device)).Error.Should().BeNull();
        clock.Advance(TimeSpan.FromMinutes(5));

        (await PollAsync(host, device)).Error.ShouldBe(OAuthError.InvalidDeviceCode);

        Replayed().Should().Be("device code");
    }

    [Test]
    public async Task A_poll_without_its_code_is_told_what_is_missing()
    {
        await using var host = Host(AllowDevices);

        (await TokenAsync(host, ("grant_type", OAuthGrantTypes.DeviceCode))).Error.ShouldBe(OAuthError.MissingParameter("device_code"));
    }

    [TestCase(599, false)]
    [TestCase(600, true)]
    public async Task A_device_code_that_nobody_knows_is_invalid_while_it_is_young_and_expired_later(int seconds, bool isExpired)
    {
        await using var host = Host(AllowDevices);
        var device = DeviceCode.New(clock.Now);
        clock.Advance(TimeSpan.FromSeconds(seconds));

        (await PollAsync(host, device)).Error.ShouldBe(isExpired ? OAuthError.DeviceCodeExpired : OAuthError.InvalidDeviceCode);
    }

    [TestCase(null, false)]
    [TestCase("thumbprint", true)]
    public async Task A_client_of_its_own_proves_a_key_to_a_resource_that_demands_it(string? key, bool isIssued)
    {
        await using var host = Host(o => o.Resources.Add(new() { Identifier = "https://bound.example", RequireDpop = true }));
        var client = Given.Client(type: ClientType.Confidential) with { Scope = ScopeSet.Of("read") };
        var request = new TokenRequest(client, OAuthParameters.Of(("scope", "read"), ("resource", "https://bound.example")), clock.Now)
        {
            DpopKey = key,
        };

        var outcome = await host.WithAsync(
            (TokenIssuer issuer) => new ClientCredentialsGrant(issuer, host.Get<ServerSettings>()).ExchangeAsync(request, default)
        );

        if (isIssued)
            outcome.Value.TokenType.Should().Be("DPoP");
        else
            outcome.Error.ShouldBe(OAuthError.ProofMissing);
    }

    private static void AllowDevices(HqOAuth2Options options)
    {
        options.DeviceAuthorization = true;
        options.Clients[^1].GrantTypes.Add(OAuthGrantTypes.AuthorizationCode);
        options.Clients[^1].GrantTypes.Add(OAuthGrantTypes.DeviceCode);
    }

    private CoreHost Host(Action<HqOAuth2Options>? configure = null) =>
        new(
            o =>
            {
                o.Resources.Add(new() { Identifier = Notes });
                configure?.Invoke(o);
            },
            clock,
            s => s.AddSingleton<IOAuthEvents>(events)
        );

    private string Replayed() => events.All.OfType<OAuthEvent.TokenReplayed>().Should().ContainSingle().Which.Token;

    private static async Task<AuthorizationCode> AddCodeAsync(CoreHost host)
    {
        var (row, code) = Given.Authorization();
        await AddAsync(host, row with { Resources = two });
        return code;
    }

    private static async Task AddAsync(CoreHost host, OAuthAuthorization row) =>
        await host.Get<IAuthorizationStore>().AddAsync(row.ToRecord(), default);

    private static Task<Outcome<TokenResponse>> ExchangeAsync(CoreHost host, AuthorizationCode code, params (string, string)[] more) =>
        TokenAsync(host, [("grant_type", "authorization_code"), ("code", code.ToWire()), ("code_verifier", Given.Verifier), .. more]);

    private static Task<Outcome<TokenResponse>> PollAsync(CoreHost host, DeviceCode code) =>
        TokenAsync(host, ("grant_type", OAuthGrantTypes.DeviceCode), ("device_code", code.ToWire()));

    private static Task<Outcome<TokenResponse>> TokenAsync(CoreHost host, params (string, string)[] form) =>
        host.WithAsync(
            (TokenEndpoint endpoint) =>
                endpoint.HandleAsync(new() { Parameters = OAuthParameters.Of([("client_id", "app"), .. form]) }, default)
        );
}
