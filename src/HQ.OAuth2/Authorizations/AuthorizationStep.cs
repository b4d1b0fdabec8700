namespace HQ.OAuth2;

/// <summary>What a pure step makes of a row: one of four.</summary>
internal abstract record AuthorizationStep<T>
    where T : notnull
{
    private AuthorizationStep() { }

    /// <summary>The row becomes <paramref name="Next"/>; only when that is committed does the result count.</summary>
    public sealed record Swap(OAuthAuthorization Next, T Result) : AuthorizationStep<T>;

    /// <summary>The result counts and the row stays as it is: a retry, or a refresh while the list of spent turns is full.</summary>
    /// <param name="Result">What counts.</param>
    /// <param name="Turn">The turn that was presented.</param>
    public sealed record Keep(T Result, int Turn) : AuthorizationStep<T>;

    /// <summary>Refused; the row stays as it is, nobody is harmed.</summary>
    public sealed record Refuse(OAuthError Error) : AuthorizationStep<T>;

    /// <summary>A replay by the right party: refused, and the row is removed.</summary>
    public sealed record End(OAuthError Error) : AuthorizationStep<T>;
}
