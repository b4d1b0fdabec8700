using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class RedeemTests
{
    private const string A = "https://auth.example.com/a";
    private const string B = "https://auth.example.com/b";

    [Test]
    public void A_code_gives_what_was_granted_and_begins_a_refresh_chain()
    {
        var (row, code) = Given.Authorization();
        var first = RefreshToken.New(row.Id);

        var grant = row.Redeem(Given.Redemption(code), first).ShouldSwap(row);

        grant.Scope.Should().Equal("read", "write");
        grant.Audience.Should().Equal("https://auth.example.com");
        grant.RefreshToken.Should().Be(first);
        grant.Authorization.Code.RedeemedAt.Should().Be(TestClock.Start);
        grant.Authorization.AccessUntil.Should().Be(TestClock.Start.AddMinutes(15));
        var chain = grant.Authorization.Refresh!;
        chain.Turn.Should().Be(1);
        chain.FamilyHash.Should().Equal(IssuedText.Hash(first.Family));
        chain.Hash.Should().Equal(IssuedText.Hash(first.Secret));
        chain.ExpiresAt.Should().Be(TestClock.Start.AddDays(90));
        chain.IdleUntil.Should().Be(TestClock.Start.AddDays(30));
        chain.UsedAt.Should().BeNull();
        chain.Spent.Should().BeEmpty();
    }

    [Test]
    public void A_client_without_refresh_tokens_gets_no_chain()
    {
        var (row, code) = Given.Authorization();

        var grant = row.Redeem(Given.Redemption(code), first: null).ShouldSwap(row);

        grant.RefreshToken.Should().BeNull();
        grant.Authorization.Refresh.Should().BeNull();
    }

    [Test, Rfc("6749-4.1.3-5")]
    public void A_code_with_another_secret_is_refused()
    {
        var (row, code) = Given.Authorization();

        row.Redeem(Given.Redemption(AuthorizationCode.New(code.Id))).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(Given.Redemption(code)).ShouldSwap(row);
    }

    [Test, Rfc("6749-4.1.2-5"), Rfc("6749-4.1.3-4")]
    public void A_code_of_another_client_is_refused_and_stays_good_for_its_own()
    {
        var (row, code) = Given.Authorization(Given.Client("a"));

        row.Redeem(Given.Redemption(code, Given.Client("b"))).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(Given.Redemption(code, Given.Client("A"))).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(Given.Redemption(code, Given.Client("a"))).ShouldSwap(row);
    }

    [Test]
    public void A_client_made_anew_under_the_same_id_cannot_redeem_what_the_old_one_got()
    {
        var old = Given.Client() with { CreatedAt = TestClock.Start };
        var (row, code) = Given.Authorization(old);

        row.Redeem(Given.Redemption(code, old with { CreatedAt = TestClock.Start.AddMilliseconds(1) }))
            .ShouldRefuse(OAuthError.InvalidCode);
        // A store may keep whole milliseconds only, or another offset.
        row.Redeem(Given.Redemption(code, old with { CreatedAt = TestClock.Start.AddTicks(7).ToOffset(TimeSpan.FromHours(2)) }))
            .ShouldSwap(row);
    }

    [TestCase(Given.RedirectUri, true, true, true)]
    [TestCase(Given.RedirectUri, false, true, true)]
    [TestCase(Given.RedirectUri, true, false, true)]
    [TestCase(Given.RedirectUri, false, false, true)]
    [TestCase(null, true, true, true)]
    [TestCase(null, false, true, true)]
    [TestCase(null, false, false, true)]
    [TestCase(null, true, false, false)]
    [TestCase("https://app.example.com/cb/", true, true, false)]
    [TestCase("https://app.example.com/cb/", false, true, false)]
    [TestCase("https://app.example.com:443/cb", true, true, false)]
    [TestCase("https://APP.example.com/cb", true, false, false)]
    [TestCase("https://app.example.com/cb?x=1", false, false, false)]
    [Rfc("6749-4.1.3-6"), Rfc("6749-4.1.3-7"), Rfc("21-10.2-1")]
    public void The_redirect_uri_is_identical_or_may_be_absent_where_pkce_or_the_first_request_allows(
        string? sent,
        bool wasSent,
        bool pkce,
        bool accepted
    )
    {
        var (row, code) = Given.Authorization(challenge: pkce ? Given.Challenge : null);
        row = row with { Code = row.Code with { RedirectUriWasSent = wasSent } };

        var step = row.Redeem(Given.Redemption(code) with { RedirectUri = sent, Verifier = pkce ? Given.Verifier : null });

        if (accepted)
            step.ShouldSwap(row);
        else
            step.ShouldRefuse(OAuthError.InvalidCode);
    }

    [Test, Rfc("8252-7.3-2")]
    public void The_port_of_a_loopback_redirect_is_part_of_the_comparison()
    {
        var (row, code) = Given.Authorization();
        row = row with { Code = row.Code with { RedirectUri = "http://127.0.0.1:4711/cb" } };

        row.Redeem(Given.Redemption(code) with { RedirectUri = "http://127.0.0.1:4712/cb" }).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(Given.Redemption(code) with { RedirectUri = "http://127.0.0.1:4711/cb" }).ShouldSwap(row);
    }

    [Test, Rfc("9700-2.1.1-1")]
    public void A_verifier_for_a_code_without_challenge_is_refused()
    {
        var (row, code) = Given.Authorization(challenge: null);

        row.Redeem(Given.Redemption(code)).ShouldRefuse(OAuthError.VerifierUncalledFor);
        row.Redeem(Given.Redemption(code) with { Verifier = null }).ShouldSwap(row);
    }

    [Test, Rfc("7636-4.5-1")]
    public void A_code_with_a_challenge_needs_a_verifier()
    {
        var (row, code) = Given.Authorization();

        row.Redeem(Given.Redemption(code) with { Verifier = null }).ShouldRefuse(OAuthError.VerifierMissing);
        row.Redeem(Given.Redemption(code)).ShouldSwap(row);
    }

    [TestCase('A', 42, "2FzmRL9Ogs7gMuqlw9kDCgkCdtm643AxEr38b4_d4wc")]
    [TestCase('A', 129, "5xGMOom_gU3tKrIyMDVlI5JT9Z_eqT4n0CBuF1SS46c")]
    [TestCase('+', 43, null)]
    [TestCase('/', 43, null)]
    [TestCase('=', 43, null)]
    [TestCase(' ', 43, null)]
    [TestCase('é', 43, null)]
    [Rfc("7636-4.1-1")]
    public void A_verifier_of_a_wrong_form_is_refused_though_its_digest_fits(char c, int length, string? challenge)
    {
        var verifier = new string(c, length);
        challenge ??= Pkce.Challenge(verifier);
        Pkce.Challenge(verifier).Should().Be(challenge);
        var (row, code) = Given.Authorization(challenge: challenge);

        row.Redeem(Given.Redemption(code) with { Verifier = verifier }).ShouldRefuse(OAuthError.VerifierMalformed);
    }

    [TestCase('a', 43, "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA")]
    [TestCase('~', 128, "zNhOm5Jyonenca7bQzzpjUpwFDVrfhrbbOGCqgWA6HU")]
    [Rfc("7636-4.1-1"), Rfc("7636-4.6-1")]
    public void A_verifier_of_the_shortest_and_the_longest_form_redeems(char c, int length, string challenge)
    {
        var (row, code) = Given.Authorization(challenge: challenge);

        row.Redeem(Given.Redemption(code) with { Verifier = new(c, length) }).ShouldSwap(row);
    }

    [Test, Rfc("7636-4.6-2"), Rfc("7636-4.6-4"), Rfc("7636-4.4-1")]
    public void Each_code_takes_its_own_verifier_only_and_a_wrong_one_burns_nothing()
    {
        var other = new string('b', 43);
        var (row, code) = Given.Authorization();
        var (otherRow, otherCode) = Given.Authorization(challenge: Pkce.Challenge(other));

        row.Redeem(Given.Redemption(code) with { Verifier = other }).ShouldRefuse(OAuthError.InvalidCode);
        otherRow.Redeem(Given.Redemption(otherCode)).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(Given.Redemption(code)).ShouldSwap(row);
        otherRow.Redeem(Given.Redemption(otherCode) with { Verifier = other }).ShouldSwap(otherRow);
    }

    [Test, Rfc("7636-4.5-2")]
    public void The_challenge_itself_is_no_verifier()
    {
        var (row, code) = Given.Authorization();

        row.Redeem(Given.Redemption(code) with { Verifier = Given.Challenge }).ShouldRefuse(OAuthError.InvalidCode);
    }

    [Test, Rfc("8707-2.2-1")]
    public void A_redemption_may_name_some_of_the_granted_resources_and_the_grant_stays_whole()
    {
        var (row, code) = Given.Authorization();
        row = row with { Resources = [A, B] };

        var grant = row.Redeem(Given.Redemption(code) with { Resources = [A] }).ShouldSwap(row);
        grant.Audience.Should().Equal(A);
        grant.Authorization.Resources.Should().Equal(A, B);
        row.Redeem(Given.Redemption(code)).ShouldSwap(row).Audience.Should().Equal(A, B);
        row.Redeem(Given.Redemption(code) with { Resources = [A, A + "/c"] }).ShouldRefuse(OAuthError.InvalidTarget);
        row.Redeem(Given.Redemption(code) with { Resources = ["https://elsewhere.example"] }).ShouldRefuse(OAuthError.InvalidTarget);
    }

    [TestCase(0)]
    [TestCase(59)]
    [TestCase(60)]
    [TestCase(86_400)]
    [Rfc("6749-4.1.2-3"), Rfc("6749-4.1.2-4")]
    public void A_code_redeemed_twice_ends_what_the_first_use_got_however_late(int seconds)
    {
        var (row, code) = Given.Authorization();
        var redeemed = row.Redeem(Given.Redemption(code)).ShouldSwap(row).Authorization;

        redeemed.Redeem(Given.Redemption(code) with { Now = TestClock.Start.AddSeconds(seconds) }).ShouldEnd(OAuthError.InvalidCode);
    }

    [Test]
    public void The_clock_does_not_decide_whether_a_code_is_spent()
    {
        var (row, code) = Given.Authorization();
        var redeemed = row.Redeem(Given.Redemption(code)).ShouldSwap(row).Authorization;

        redeemed.Redeem(Given.Redemption(code) with { Now = TestClock.Start.AddHours(-1) }).ShouldEnd(OAuthError.InvalidCode);
    }

    [Test, Rfc("21-7.5.2-1")]
    public void A_replay_that_is_wrong_in_anything_ends_nothing()
    {
        var (row, code) = Given.Authorization();
        row = row.Redeem(Given.Redemption(code)).ShouldSwap(row).Authorization;
        var replay = Given.Redemption(code);

        row.Redeem(replay with { Verifier = new('x', 43) }).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(replay with { Verifier = null }).ShouldRefuse(OAuthError.VerifierMissing);
        row.Redeem(replay with { Verifier = "short" }).ShouldRefuse(OAuthError.VerifierMalformed);
        row.Redeem(replay with { RedirectUri = "https://evil.example/cb" }).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(replay with { Client = Given.Client("thief") }).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(replay with { Code = AuthorizationCode.New(code.Id) }).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(replay with { Resources = ["https://elsewhere.example"] }).ShouldRefuse(OAuthError.InvalidTarget);
    }

    [Test, Rfc("6749-4.1.2-2")]
    public void A_code_is_good_until_the_instant_it_expires()
    {
        var (row, code) = Given.Authorization();
        var end = row.Code.ExpiresAt;

        row.Redeem(Given.Redemption(code) with { Now = end }).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(Given.Redemption(code) with { Now = end.AddHours(1) }).ShouldRefuse(OAuthError.InvalidCode);
        row.Redeem(Given.Redemption(code) with { Now = end.AddMilliseconds(-1) }).ShouldSwap(row);
    }

    [Test]
    public void A_request_is_written_without_its_verifier()
    {
        var (_, code) = Given.Authorization();

        Given.Redemption(code).ToString().Should().Be($"CodeRedemption {{ Code = code of {code.Id} }}");
    }
}
