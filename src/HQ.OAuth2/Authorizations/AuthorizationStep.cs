namespace HQ.OAuth2;

/// <summary>What a pure step makes of a row: one of four.</summary>
internal abstract record AuthorizationStep<T>
    where T : notnull
{
    private AuthorizationStep() { }

    /// <summary>The row becomes <paramref name="Next"/>; only when that is committed does the result count.</summary>
    public sealed record Swap(OAuthAuthorization Next, T Result) : AuthorizationStep<T>;

    /// <summary>A polite retry: the result counts, the row stays as it is.</summary>
    public sealed record Keep(T Result) : AuthorizationStep<T>;

    /// <summary>Refused; the row stays as it is, nobody is harmed.</summary>
    public sealed record Refuse(OAuthError Error) : AuthorizationStep<T>;

    /// <summary>A replay by the right party: refused, and the row is removed.</summary>
    public sealed record End(OAuthError Error) : AuthorizationStep<T>;
}
