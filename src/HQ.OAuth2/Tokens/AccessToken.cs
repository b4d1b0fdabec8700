namespace HQ.OAuth2;

/// <summary>A verified access token (RFC 9068 §2.2).</summary>
internal sealed record AccessToken
{
    /// <summary>The claim that names the authorization row; absent from client_credentials tokens, which have no row.</summary>
    public const string AuthorizationClaim = "hq_authorization";

    /// <summary>The claim that says when the user signed in (RFC 9068 §2.2.1); absent where the host does not say.</summary>
    public const string SignInTimeClaim = "auth_time";

    /// <summary>The claim that says how the user signed in (RFC 9068 §2.2.1); absent where the host does not say.</summary>
    public const string ContextClaim = "acr";

    public const string Type = "at+jwt";

    /// <summary>The greatest length of a token: a longer text is refused.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>A personal access token, whose facts are all in its row.</summary>
    public static AccessToken OfPersonal(OAuthAuthorization row) =>
        new()
        {
            Subject = row.Subject,
            ClientId = row.ClientId,
            Audience = row.Resources,
            Scope = row.Scope,
            JwtId = row.Id,
            IssuedAt = row.IssuedAt,
            ExpiresAt = row.AccessUntil!.Value,
            SignedInAt = row.SignedInAt,
            AuthorizationId = row.Id,
            Organization = row.Organization,
        };

    public required string Subject { get; init; }
    public required string ClientId { get; init; }
    public required IReadOnlyList<string> Audience { get; init; }
    public required ScopeSet Scope { get; init; }
    public required string JwtId { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? SignedInAt { get; init; }
    public string? Context { get; init; }
    public required string? AuthorizationId { get; init; }

    /// <summary>The thumbprint of the key that it is bound to (RFC 9449 §6); null = it is a bearer token.</summary>
    public string? Key { get; init; }

    /// <summary>The organization that the authorization is for; null when it is for none.</summary>
    public string? Organization { get; init; }
}
