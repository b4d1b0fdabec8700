using System.Security.Claims;

namespace HQ.OAuth2;

/// <summary>What a user wants of a new personal access token.</summary>
internal sealed record PersonalTokenRequest
{
    /// <summary>The time of the request, read once.</summary>
    public required DateTimeOffset Now { get; init; }

    public required string Subject { get; init; }

    /// <summary>The user of the host's session.</summary>
    public required ClaimsPrincipal User { get; init; }

    /// <summary>What the user calls the token.</summary>
    public required string Name { get; init; }

    public required ScopeSet Scope { get; init; }

    /// <summary>What the token is for; empty = the default resource.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>The organization in which the token acts; null = none.</summary>
    public required string? Organization { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the user signed in, as far as the host says; null = unknown.</summary>
    public required DateTimeOffset? SignedInAt { get; init; }

    /// <summary>The token that the answered form carries; null = there was no form.</summary>
    public PersonalToken? FormToken { get; init; }
}
