using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Refresh tokens that are not replaced (FAPI 2.0 §5.3.2.1): only the client with its key can use them.</summary>
internal sealed class LastingTokenTests
{
    private static readonly TokenLifetimes lasting = Given.Lifetimes() with { Rotates = false };

    [Test]
    public void A_refresh_keeps_the_token_and_moves_the_idle_end()
    {
        var (row, token) = Given.Active();

        var grant = Refresh(row, token, at: 600).ShouldSwap(row);

        grant.RefreshToken!.Value.ToWire().Should().Be(token.ToWire());
        var chain = grant.Authorization.Refresh!;
        (chain.Turn, chain.UsedAt).Should().Be((1, TestClock.Start.AddMinutes(10)));
        chain.IdleUntil.Should().Be(TestClock.Start.AddMinutes(10) + lasting.RefreshTokenIdle);
        chain.ExpiresAt.Should().Be(row.Refresh!.ExpiresAt);
        chain.Spent.Should().BeEmpty();
        grant.Authorization.AccessUntil.Should().Be(TestClock.Start.AddMinutes(10) + lasting.AccessToken);
    }

    [Test]
    public void One_shortly_after_another_writes_nothing()
    {
        var (row, token) = Given.Active();
        var used = Refresh(row, token, at: 0).ShouldSwap(row).Authorization;

        Refresh(used, token, at: 59).ShouldKeep(used).RefreshToken!.Value.ToWire().Should().Be(token.ToWire());
        Refresh(used, token, at: 60).ShouldSwap(used);
    }

    [Test]
    public void It_ends_as_other_tokens_do()
    {
        var (row, token) = Given.Active();

        Refresh(row, token, at: lasting.RefreshTokenIdle.TotalSeconds).ShouldRefuse(OAuthError.InvalidRefreshToken);
        Refresh(row with { PausedAt = TestClock.Start }, token, at: 1)
            .Should()
            .BeOfType<AuthorizationStep.Refuse>()
            .Which.Error.Id.Should()
            .Be("HQ1081");
    }

    [Test]
    public void Only_confidential_clients_of_the_profile_have_them()
    {
        var fapi = Given.Options(o => o.Profile = SecurityProfile.Fapi2);

        TokenLifetimes.Of(Given.Client("app", ClientType.Confidential), fapi).Rotates.Should().BeFalse();
        TokenLifetimes.Of(Given.Client("app"), fapi).Rotates.Should().BeTrue();
        TokenLifetimes.Of(Given.Client("app", ClientType.Confidential), Given.Options()).Rotates.Should().BeTrue();
    }

    private static AuthorizationStep Refresh(OAuthAuthorization row, RefreshToken token, double at) =>
        row.Rotate(Given.Refresh(token, TestClock.Start.AddSeconds(at)), IssuedText.NewSecret(), Given.Resources(), lasting);
}
