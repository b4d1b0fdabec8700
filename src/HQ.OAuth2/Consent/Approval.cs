using System.Security.Claims;

namespace HQ.OAuth2;

/// <summary>A yes to an authorization request.</summary>
internal sealed record Approval
{
    /// <summary>Who said yes.</summary>
    public required string Subject { get; init; }

    /// <summary>The user of the host's session.</summary>
    public required ClaimsPrincipal User { get; init; }

    /// <summary>The organization that the answer names, or the remembered consent; null = none.</summary>
    public required string? Organization { get; init; }

    /// <summary>What the user granted of the scope; null = all of it.</summary>
    public required ScopeSet? Granted { get; init; }

    /// <summary>Whether the user was asked now: only such an answer is remembered.</summary>
    public required bool Asked { get; init; }

    /// <summary>The code that the answered form carries; null = there was no form.</summary>
    public required AuthorizationCode? FormCode { get; init; }

    /// <summary>The pushed request that it answers, which gives one authorization; null = the request was not pushed.</summary>
    public PushedRequest? Pushed { get; init; }

    /// <summary>When the user signed in, as far as the host says; null = unknown.</summary>
    public required DateTimeOffset? SignedInAt { get; init; }
}
