namespace HQ.OAuth2;

/// <summary>A client secret as it is kept.</summary>
public sealed record ClientSecret
{
    /// <summary>Its bcrypt hash.</summary>
    public required string Hash { get; init; }

    /// <summary>When it stops working; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether this server generated it: then what has not our form is refused without hashing.</summary>
    public bool Generated { get; init; }

    // A record prints its members; a hash belongs in no log.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("ExpiresAt = ").Append(ExpiresAt?.ToString("O") ?? "never").Append(", Generated = ").Append(Generated);
        return true;
    }
}
