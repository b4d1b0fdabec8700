namespace HQ.OAuth2;

/// <summary>The pure steps with everything a test does not care about filled in, and what came of them.</summary>
internal static class Steps
{
    public static AuthorizationStep Redeem(this OAuthAuthorization row, CodeRedemption request, RefreshToken? first = null) =>
        row.Redeem(request, first, Given.Resources(), Given.Lifetimes());

    /// <summary>Rotates so many seconds after the start of the clock.</summary>
    public static AuthorizationStep Rotate(
        this OAuthAuthorization row,
        RefreshToken token,
        double at,
        double leeway = 30,
        Client? client = null,
        string? scope = null,
        params string[] resources
    ) =>
        row.Rotate(
            Given.Refresh(token, Tests.TestClock.Start + TimeSpan.FromSeconds(at), client) with
            {
                Scope = ScopeSet.Parse(scope).Value,
                Resources = resources,
            },
            IssuedText.NewSecret(),
            Given.Resources(),
            Given.Lifetimes(TimeSpan.FromSeconds(leeway))
        );

    /// <summary>The step writes the row anew: version one up, a write id of its own. Returns what counts once that is committed.</summary>
    public static TokenGrant ShouldSwap(this AuthorizationStep step, OAuthAuthorization before)
    {
        var swap = step.Should().BeOfType<AuthorizationStep.Swap>(step.ToString()).Subject;
        swap.Next.Version.Should().Be(before.Version + 1);
        swap.Next.WriteId.Should().NotBe(before.WriteId);
        swap.Result.Authorization.Should().BeSameAs(swap.Next);
        return swap.Result;
    }

    /// <summary>The step answers and writes nothing.</summary>
    public static TokenGrant ShouldKeep(this AuthorizationStep step, OAuthAuthorization before)
    {
        var result = step.Should().BeOfType<AuthorizationStep.Keep>(step.ToString()).Subject.Result;
        result.Authorization.Should().BeSameAs(before);
        return result;
    }

    /// <summary>The step refuses and the row stays.</summary>
    public static void ShouldRefuse(this AuthorizationStep step, OAuthError error) =>
        step.Should().BeOfType<AuthorizationStep.Refuse>(step.ToString()).Subject.Error.ShouldBe(error);

    /// <summary>The step refuses and the row goes.</summary>
    public static void ShouldEnd(this AuthorizationStep step, OAuthError error) =>
        step.Should().BeOfType<AuthorizationStep.End>(step.ToString()).Subject.Error.ShouldBe(error);

    /// <summary>The same error, whatever the reason for the log.</summary>
    public static void ShouldBe(this OAuthError? found, OAuthError expected) => (found! with { Reason = null }).Should().Be(expected);
}
