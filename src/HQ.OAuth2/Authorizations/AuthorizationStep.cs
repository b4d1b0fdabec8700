namespace HQ.OAuth2;

/// <summary>The answer of a pure step (Redeem, Rotate): one of four.</summary>
internal abstract record AuthorizationStep
{
    private AuthorizationStep() { }

    /// <summary>The row becomes <paramref name="Next"/>; only when that is committed does the result count.</summary>
    public sealed record Swap(OAuthAuthorization Next, TokenGrant Result) : AuthorizationStep;

    /// <summary>The result counts and the row stays as it is: a retry, or a refresh while the list of spent turns is full.</summary>
    /// <param name="Result">What counts.</param>
    /// <param name="Turn">The turn that was presented.</param>
    public sealed record Keep(TokenGrant Result, int Turn) : AuthorizationStep;

    /// <summary>Refused; the row stays as it is, nobody is harmed.</summary>
    public sealed record Refuse(OAuthError Error) : AuthorizationStep;

    /// <summary>A replay by the right party: refused, and the row is removed.</summary>
    public sealed record End(OAuthError Error) : AuthorizationStep;
}
