using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.Tests;

/// <summary>Which refresh tokens belong to an authorization, and which of them a refresh would accept now.</summary>
internal sealed class RefreshTokenVerifierTests
{
    private TestClock clock = null!;

    [SetUp]
    public void Start() => clock = new();

    [TestCase(-1, true)]
    [TestCase(0, false)]
    [TestCase(1, false)]
    public async Task A_token_is_live_until_its_chain_ends(int seconds, bool isLive)
    {
        var (row, token) = Given.Active();
        clock.Now = row.Refresh!.EndsAt.AddSeconds(seconds);

        (await LiveAsync(row, token)).Should().Be(isLive);
    }

    [Test]
    public async Task A_token_of_a_paused_app_is_not_live()
    {
        var (row, token) = Given.Active();

        (await LiveAsync(row with { PausedAt = clock.Now }, token)).Should().BeFalse();
    }

    [TestCase(GrantDecision.Allow, true)]
    [TestCase(GrantDecision.Refuse, false)]
    [TestCase(GrantDecision.End, false)]
    public async Task A_token_is_live_if_the_host_allows_it(GrantDecision decision, bool isLive)
    {
        var (row, token) = Given.Active();

        (await LiveAsync(row, token, s => s.AddSingleton<IGrantPolicy>(new Policy(decision)))).Should().Be(isLive);
    }

    [Test]
    public async Task A_spent_token_is_known_and_not_live_and_a_made_up_one_is_neither()
    {
        var (row, spent) = Given.Active();
        var rotated = row.Rotate(spent, at: 1).ShouldSwap(row);
        await using var host = await HostAsync(rotated.Authorization, null);

        (await KnownAsync(host, spent)).Should().Be((row.Id, (string?)null));
        (await KnownAsync(host, rotated.RefreshToken!.Value)).Should().Be((row.Id, row.Id));
        (await KnownAsync(host, RefreshToken.New(row.Id))).Should().Be(((string?)null, (string?)null));
    }

    private async Task<bool> LiveAsync(OAuthAuthorization row, RefreshToken token, Action<IServiceCollection>? add = null)
    {
        await using var host = await HostAsync(row, add);
        return (await KnownAsync(host, token)).Live == row.Id;
    }

    private async Task<CoreHost> HostAsync(OAuthAuthorization row, Action<IServiceCollection>? add)
    {
        var host = new CoreHost(clock: clock, add: add);
        await host.Get<IAuthorizationStore>().AddAsync(row.ToRecord(), default);
        return host;
    }

    private static Task<(string? Known, string? Live)> KnownAsync(CoreHost host, RefreshToken token) =>
        host.WithAsync<RefreshTokenVerifier, (string?, string?)>(async tokens =>
            ((await tokens.FindLiveOrSpentAsync(token.ToWire(), default))?.Id, (await tokens.FindLiveAsync(token.ToWire(), default))?.Id)
        );

    private sealed class Policy(GrantDecision decision) : IGrantPolicy
    {
        public ValueTask<GrantDecision> DecideAsync(Grant grant, CancellationToken ct) => new(decision);
    }
}
