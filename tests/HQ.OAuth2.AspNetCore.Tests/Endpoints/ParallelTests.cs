using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Many at once: what may happen once happens once (RFC 6749 §4.1.2, OAuth 2.1 §4.1.3, RFC 9700 §4.14.2).</summary>
internal sealed class ParallelTests
{
    private const int Many = 100;

    [Test, Rfc("21-4.1.3-1"), Rfc("6749-4.1.2-3"), Rfc("6749-4.1.2-4")]
    public async Task A_hundred_redemptions_of_one_code_give_tokens_once_and_their_replay_ends_them()
    {
        await using var app = await TestApp.StartAsync(parts: s => s.AddAuthorizationStore<YieldingStore>(ServiceLifetime.Singleton));
        var code = await app.CodeAsync("spa");

        var answers = await AtOnceAsync(() => app.RedeemAsync("spa", code));

        var winner = answers.Where(a => a.Status == 200).Should().ContainSingle().Subject;
        foreach (var loser in answers.Where(a => a.Status != 200))
            loser.ShouldBeError("invalid_grant");
        (await app.IsActiveAsync(winner.AccessToken())).Should().BeFalse();
        (await app.RefreshAsync("spa", winner.RefreshToken())).ShouldBeError("invalid_grant");
        (await app.RowsAsync()).Should().BeEmpty();
    }

    [Test, Rfc("9700-4.14.2-4")]
    public async Task A_hundred_refreshes_of_one_token_all_get_the_same_successor_by_one_rotation()
    {
        await using var app = await TestApp.StartAsync(parts: s => s.AddAuthorizationStore<YieldingStore>(ServiceLifetime.Singleton));
        var tokens = await app.TokensAsync("spa");
        var version = (await app.RowsAsync()).Single().Version;

        var answers = await AtOnceAsync(() => app.RefreshAsync("spa", tokens.RefreshToken()));

        answers.Should().OnlyContain(a => a.Status == 200);
        answers.Select(a => a.RefreshToken()).Distinct().Should().ContainSingle().Which.Should().NotBe(tokens.RefreshToken());
        (await app.RowsAsync()).Single().Version.Should().Be(version + 1);
        (await app.RefreshAsync("spa", answers[0].RefreshToken())).Status.Should().Be(200);
    }

    [Test, Rfc("9700-4.14.2-4"), Rfc("9700-4.14.2-3")]
    public async Task Without_leeway_exactly_one_of_a_hundred_refreshes_succeeds()
    {
        await using var app = await TestApp.StartAsync(
            o => o.RefreshTokenLeeway = TimeSpan.Zero,
            s => s.AddAuthorizationStore<YieldingStore>(ServiceLifetime.Singleton)
        );
        var tokens = await app.TokensAsync("spa");

        var answers = await AtOnceAsync(() => app.RefreshAsync("spa", tokens.RefreshToken()));

        answers.Should().ContainSingle(a => a.Status == 200);
        foreach (var loser in answers.Where(a => a.Status != 200))
            loser.ShouldBeError("invalid_grant");
        (await app.RowsAsync()).Should().BeEmpty("the losers replayed a spent token");
    }

    private static Task<Answer[]> AtOnceAsync(Func<Task<Answer>> request) =>
        Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Task.Run(request)));

    /// <summary>Lets everybody read before anybody writes, as a database does.</summary>
    private sealed class YieldingStore : WrappedAuthorizationStore
    {
        protected override async Task BeforeAsync(string operation)
        {
            for (var i = 0; i < 20; i++)
                await Task.Yield();
        }
    }
}
