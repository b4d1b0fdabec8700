namespace HQ.OAuth2;

/// <summary>What a token request says about a refresh token.</summary>
internal sealed record RefreshRequest
{
    public required RefreshToken Token { get; init; }
    public required Client Client { get; init; }

    /// <summary>The known scopes that it names; empty = all that was granted.</summary>
    public required ScopeSet Scope { get; init; }
    public required IReadOnlyList<string> Resources { get; init; }
    public required DateTimeOffset Now { get; init; }
}
