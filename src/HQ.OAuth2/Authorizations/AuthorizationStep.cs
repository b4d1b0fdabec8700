namespace HQ.OAuth2;

/// <summary>The answer of a pure step (Redeem, Rotate): one of four.</summary>
internal abstract record AuthorizationStep
{
    private AuthorizationStep() { }

    /// <summary>The row becomes <paramref name="Next"/>. The result counts once that is committed.</summary>
    public sealed record Swap(OAuthAuthorization Next, TokenGrant Result) : AuthorizationStep;

    /// <summary>
    /// The result counts and the row stays as it is: a retry, a refresh while the list of spent turns is full, or one shortly after another in a
    /// chain that does not rotate.
    /// </summary>
    /// <param name="Result">The grant to answer with.</param>
    /// <param name="Turn">The turn that was presented; null = the chain does not rotate, and this is no retry.</param>
    public sealed record Keep(TokenGrant Result, int? Turn) : AuthorizationStep;

    /// <summary>Refused; the row stays as it is.</summary>
    public sealed record Refuse(OAuthError Error) : AuthorizationStep;

    /// <summary>A replay by the right client: refused, and the row is removed.</summary>
    public sealed record End(OAuthError Error) : AuthorizationStep;
}
