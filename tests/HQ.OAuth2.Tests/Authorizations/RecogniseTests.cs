using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The question that refresh, introspection and revocation ask a row: which turn is this?</summary>
internal sealed class RecogniseTests
{
    [Test]
    public void A_row_without_a_chain_recognises_no_token()
    {
        var (row, _) = Given.Authorization();

        row.Recognise(RefreshToken.New(row.Id)).Should().Be(TurnState.Foreign);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void A_token_of_another_family_is_foreign_whatever_turn_it_names(int turn)
    {
        var (row, _, live) = Rotated();

        row.Recognise(live with { Family = IssuedText.NewSecret(), Turn = turn }).Should().Be(TurnState.Foreign);
    }

    [Test]
    public void Each_token_of_a_chain_is_live_once_and_spent_ever_after()
    {
        var (row, token) = Given.Active();
        var spent = new List<RefreshToken>();
        // A rotation a minute: no spent turn is listed for longer than that.
        for (var minute = 1; minute <= 12; minute++)
        {
            row.Recognise(token).Should().Be(TurnState.Live);
            spent.Add(token);
            var grant = row.Rotate(token, at: 60 * minute).ShouldSwap(row);
            (row, token) = (grant.Authorization, grant.RefreshToken!.Value);
            spent.Should().OnlyContain(t => row.Recognise(t) == TurnState.Spent);
        }
    }

    [Test]
    public void A_turn_that_the_chain_has_not_had_yet_is_unknown()
    {
        var (row, _, live) = Rotated();

        row.Recognise(live with { Turn = 3 }).Should().Be(TurnState.Unknown);
        row.Recognise(live with { Turn = int.MaxValue }).Should().Be(TurnState.Unknown);
    }

    [Test]
    public void The_live_turn_with_another_secret_is_unknown()
    {
        var (row, spent, live) = Rotated();

        row.Recognise(live with { Secret = IssuedText.NewSecret() }).Should().Be(TurnState.Unknown);
        row.Recognise(live with { Secret = spent.Secret }).Should().Be(TurnState.Unknown);
    }

    [Test, Rfc("7009-2.1-9")]
    public void An_earlier_turn_is_spent_by_its_family_and_number_alone()
    {
        var (row, spent, _) = Rotated();

        row.Recognise(spent with { Secret = IssuedText.NewSecret() }).Should().Be(TurnState.Spent);
    }

    private static (OAuthAuthorization Row, RefreshToken Spent, RefreshToken Live) Rotated()
    {
        var (row, token) = Given.Active();
        var grant = row.Rotate(token, at: 0).ShouldSwap(row);
        return (grant.Authorization, token, grant.RefreshToken!.Value);
    }
}
