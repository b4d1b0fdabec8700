using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Who may rotate, what for, and how long; what becomes of spent turns is in <see cref="RespendTests"/>.</summary>
internal sealed class RotateTests
{
    private const string A = "https://auth.example.com/a";
    private const string B = "https://auth.example.com/b";

    [Test, Rfc("9700-2.2.2-1")]
    public void Each_refresh_gives_the_next_turn_of_the_same_family()
    {
        var (row, token) = Given.Active();

        var grant = row.Rotate(token, at: 60).ShouldSwap(row);

        var next = grant.RefreshToken!.Value;
        next.Turn.Should().Be(2);
        next.Id.Should().Be(token.Id);
        next.Family.Should().Equal(token.Family);
        next.Secret.Should().NotEqual(token.Secret);
        grant.Scope.Should().Equal("read", "write");
        grant.Audience.Should().Equal("https://auth.example.com");
        grant.Authorization.AccessUntil.Should().Be(TestClock.Start.AddMinutes(16));
        var chain = grant.Authorization.Refresh!;
        chain.Turn.Should().Be(2);
        chain.Hash.Should().Equal(IssuedText.Hash(next.Secret));
        chain.FamilyHash.Should().Equal(row.Refresh!.FamilyHash);
        chain.UsedAt.Should().Be(TestClock.Start.AddMinutes(1));
        chain
            .Spent.Should()
            .ContainSingle()
            .Which.Should()
            .Match<SpentTurn>(s => s.Turn == 1 && s.SpentAt == TestClock.Start.AddMinutes(1));
        grant.Authorization.Rotate(next, at: 61).ShouldSwap(grant.Authorization).RefreshToken!.Value.Turn.Should().Be(3);
    }

    [Test, Rfc("6749-6-3")]
    public void A_made_up_token_is_refused_and_harms_nobody()
    {
        var (row, token) = Given.Active();
        var (spent, next) = Rotated(row, token, at: 0);

        foreach (var turn in new[] { 1, 2, 3 })
        {
            spent.Rotate(RefreshToken.New(row.Id) with { Turn = turn }, at: 1).ShouldRefuse(OAuthError.InvalidRefreshToken);
            // The right secret, but not the family: nobody was ever given that.
            spent.Rotate(next with { Family = IssuedText.NewSecret(), Turn = turn }, at: 90).ShouldRefuse(OAuthError.InvalidRefreshToken);
        }
    }

    [Test]
    public void A_row_without_a_chain_refuses_every_token()
    {
        var (row, code) = Given.Authorization();
        var redeemed = row.Redeem(Given.Redemption(code), first: null).ShouldSwap(row).Authorization;

        row.Rotate(RefreshToken.New(row.Id), at: 0).ShouldRefuse(OAuthError.InvalidRefreshToken);
        redeemed.Rotate(RefreshToken.New(row.Id), at: 0).ShouldRefuse(OAuthError.InvalidRefreshToken);
    }

    [TestCase(1)]
    [TestCase(90)]
    [Rfc("6749-6-2")]
    public void Another_client_can_neither_refresh_nor_retry_nor_end_anything(int at)
    {
        var (row, token) = Given.Active(Given.Client("a"));
        var (spent, next) = Rotated(row, token, at: 0, Given.Client("a"));

        spent.Rotate(next, at, client: Given.Client("b")).ShouldRefuse(OAuthError.InvalidRefreshToken);
        spent.Rotate(token, at, client: Given.Client("b")).ShouldRefuse(OAuthError.InvalidRefreshToken);
        spent.Rotate(next, at, client: Given.Client("a")).ShouldSwap(spent);
    }

    [Test]
    public void A_client_made_anew_under_the_same_id_has_none_of_the_old_ones_tokens()
    {
        var old = Given.Client() with { CreatedAt = TestClock.Start };
        var (row, token) = Given.Active(old);

        row.Rotate(token, at: 0, client: old with { CreatedAt = TestClock.Start.AddDays(1) }).ShouldRefuse(OAuthError.InvalidRefreshToken);
        row.Rotate(token, at: 0, client: old).ShouldSwap(row);
    }

    [TestCase("read", "read")]
    [TestCase("write read", "write read")]
    [TestCase("", "read write")]
    [TestCase(null, "read write")]
    [Rfc("6749-6-4"), Rfc("6749-6-6")]
    public void A_refresh_may_narrow_the_scope_of_one_access_token_and_not_of_the_chain(string? asked, string given)
    {
        var (row, token) = Given.Active();

        var narrowed = row.Rotate(token, at: 0, scope: asked).ShouldSwap(row);

        narrowed.Scope.Should().Equal(given.Split(' '));
        narrowed.Authorization.Scope.Should().Equal("read", "write");
        var next = narrowed.Authorization.Rotate(narrowed.RefreshToken!.Value, at: 1);
        next.ShouldSwap(narrowed.Authorization).Scope.Should().Equal("read", "write");
    }

    [Test, Rfc("6749-6-5"), Rfc("9700-4.14.2-2")]
    public void More_scope_or_other_resources_than_granted_are_refused_and_spend_nothing()
    {
        var (row, token) = Given.Active();
        row = row with { Resources = [A] };

        row.Rotate(token, at: 0, scope: "read delete").ShouldRefuse(OAuthError.ScopeNotAllowed);
        row.Rotate(token, at: 0, scope: "READ").ShouldRefuse(OAuthError.ScopeNotAllowed);
        row.Rotate(token, at: 0, resources: B).ShouldRefuse(OAuthError.InvalidTarget);
        row.Rotate(token, at: 0, resources: "https://elsewhere.example/").ShouldRefuse(OAuthError.InvalidTarget);
        row.Rotate(token, at: 0, resources: "not a URI").ShouldRefuse(OAuthError.InvalidTarget);
        row.Rotate(token, at: 0).ShouldSwap(row);
    }

    [Test]
    public void A_replay_that_asks_for_too_much_ends_nothing()
    {
        var (row, token) = Given.Active();
        var (spent, _) = Rotated(row, token, at: 0);

        spent.Rotate(token, at: 90, scope: "delete").ShouldRefuse(OAuthError.ScopeNotAllowed);
        spent.Rotate(token, at: 90, resources: "https://elsewhere.example/").ShouldRefuse(OAuthError.InvalidTarget);
        spent.Rotate(token, at: 90).ShouldEnd(OAuthError.InvalidRefreshToken);
    }

    [Test, Rfc("8707-2.2-1"), Rfc("8707-2.2-2")]
    public void Each_refresh_may_name_other_resources_of_the_grant()
    {
        var (row, token) = Given.Active();
        row = row with { Resources = [A, B] };

        var first = row.Rotate(token, at: 0, resources: A).ShouldSwap(row);
        first.Audience.Should().Equal(A);
        var second = first.Authorization.Rotate(first.RefreshToken!.Value, at: 1, resources: B).ShouldSwap(first.Authorization);
        second.Audience.Should().Equal(B);
        var third = second.Authorization.Rotate(second.RefreshToken!.Value, at: 2).ShouldSwap(second.Authorization);
        third.Audience.Should().Equal(A, B);
    }

    [Test]
    public void A_turn_that_is_higher_than_the_live_one_or_live_with_a_wrong_secret_ends_nothing()
    {
        var (row, token) = Given.Active();
        var (later, next) = Rotated(row, token, at: 0);

        // A backup was restored: what the chain's holder has is ahead of the row.
        row.Rotate(next, at: 90).ShouldRefuse(OAuthError.InvalidRefreshToken);
        row.Rotate(token with { Secret = IssuedText.NewSecret() }, at: 90).ShouldRefuse(OAuthError.InvalidRefreshToken);
        row.Rotate(token with { Turn = int.MaxValue }, at: 90).ShouldRefuse(OAuthError.InvalidRefreshToken);
        later.Rotate(next with { Secret = token.Secret }, at: 90).ShouldRefuse(OAuthError.InvalidRefreshToken);
        later.Rotate(next, at: 90).ShouldSwap(later);
    }

    [Test, Rfc("9700-4.14.2-6")]
    public void A_token_dies_when_it_lies_idle_and_each_use_moves_that_end()
    {
        var (row, token) = Given.Active();
        var day = TimeSpan.FromDays(1).TotalSeconds;

        row.Rotate(token, at: 30 * day).ShouldRefuse(OAuthError.InvalidRefreshToken);
        var (used, next) = Rotated(row, token, at: (30 * day) - 1);
        used.Rotate(next, at: (60 * day) - 1).ShouldRefuse(OAuthError.InvalidRefreshToken);
        used.Rotate(next, at: (60 * day) - 2).ShouldSwap(used);
    }

    [Test, Rfc("9700-4.14.2-6"), Rfc("21-9-2")]
    public void The_absolute_end_is_inherited_by_every_successor()
    {
        var (row, token) = Given.Active();
        var day = TimeSpan.FromDays(1).TotalSeconds;

        for (var d = 20; d < 90; d += 20)
            (row, token) = Rotated(row, token, at: d * day);

        row.Refresh!.ExpiresAt.Should().Be(TestClock.Start.AddDays(90));
        row.Rotate(token, at: 90 * day).ShouldRefuse(OAuthError.InvalidRefreshToken);
        row.Rotate(token, at: (90 * day) - 1).ShouldSwap(row);
    }

    [TestCase(ClientType.Public, 90)]
    [TestCase(ClientType.Confidential, 180)]
    [Rfc("21-2.4-2")]
    public void A_public_clients_chain_ends_sooner(ClientType type, int days)
    {
        var lifetimes = TokenLifetimes.Of(Given.Client(type: type), Given.Options());

        lifetimes.RefreshToken.Should().Be(TimeSpan.FromDays(days));
        lifetimes.RefreshTokenIdle.Should().Be(TimeSpan.FromDays(30));
        lifetimes.Leeway.Should().Be(TimeSpan.FromSeconds(30));
    }

    private static (OAuthAuthorization Row, RefreshToken Token) Rotated(
        OAuthAuthorization row,
        RefreshToken token,
        double at,
        Client? client = null
    )
    {
        var grant = row.Rotate(token, at, client: client).ShouldSwap(row);
        return (grant.Authorization, grant.RefreshToken!.Value);
    }

    [Test]
    public void A_list_of_spent_turns_that_does_not_lead_to_the_live_one_gives_nothing()
    {
        var (row, token) = Given.Active();
        var spent = row.Rotate(token, at: 0).ShouldSwap(row).Authorization;
        var chain = spent.Refresh!;
        var otherSalt = spent with { Refresh = chain with { Spent = [chain.Spent[0] with { Salt = IssuedText.NewSecret() }] } };
        var otherTurn = spent with { Refresh = chain with { Turn = 3 } };

        otherSalt.Rotate(token, at: 1).ShouldRefuse(OAuthError.InvalidRefreshToken);
        otherTurn.Rotate(token, at: 1).ShouldRefuse(OAuthError.InvalidRefreshToken);
        spent.Rotate(token, at: 1).ShouldKeep(spent);
    }
}
