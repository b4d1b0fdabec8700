namespace HQ.OAuth2;

/// <summary>A client secret as it is kept.</summary>
public sealed class ClientSecret
{
    /// <summary>
    /// Its bcrypt hash. Of a client that comes from another server also <c>$pbkdf2$</c>, <c>$sha256$</c> or <c>$sha512$</c> and the base64 text
    /// that the other server stored: the format of ASP.NET Core Identity, version 3, or the plain hash of the secret. The first right use
    /// replaces it by a bcrypt hash, if the client is in an <see cref="IClientRegistry"/>.
    /// </summary>
    public required string Hash { get; init; }

    /// <summary>When it stops working; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether this server generated it: then what has not our form is refused without hashing.</summary>
    internal bool Generated { get; init; }

    /// <summary>The same secret, which stops working at this time, or before as it was.</summary>
    internal ClientSecret EndingAt(DateTimeOffset end) =>
        new()
        {
            Hash = Hash,
            ExpiresAt = ExpiresAt < end ? ExpiresAt : end,
            Generated = Generated,
        };
}
