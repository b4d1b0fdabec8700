namespace HQ.OAuth2;

/// <summary>The token request for a refresh token.</summary>
internal sealed record RefreshRequest
{
    public required RefreshToken Token { get; init; }
    public required Client Client { get; init; }

    /// <summary>The known scopes of the request; empty = the whole granted scope.</summary>
    public required ScopeSet Scope { get; init; }
    public required IReadOnlyList<string> Resources { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>The thumbprint of the key that the request proves (RFC 9449 §5); null = it has no proof.</summary>
    public string? Key { get; init; }
}
