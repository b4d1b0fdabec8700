using System.Collections.Frozen;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

/// <summary>The keys of access tokens at one moment. The signing keys are published; the encryption keys of opaque tokens are not.</summary>
internal sealed class KeyRing(DateTimeOffset readAt, IReadOnlyList<SigningKey> signing, IReadOnlyList<EncryptionKey> encryption)
{
    /// <summary>When the store was read.</summary>
    public DateTimeOffset ReadAt { get; } = readAt;

    public IReadOnlyList<SigningKey> Signing { get; } = signing;

    public IReadOnlyList<EncryptionKey> Encryption { get; } = encryption;

    private readonly FrozenSet<string> ids = FrozenSet.ToFrozenSet([
        .. signing.Select(k => k.Credentials.Key.KeyId),
        .. encryption.Select(k => k.Credentials.Key.KeyId),
    ]);

    /// <summary>Every key that verifies, also keys that do not sign yet or any more.</summary>
    public IReadOnlyList<SecurityKey> Verification { get; } = [.. signing.Select(k => k.Credentials.Key)];

    public IReadOnlyList<SecurityKey> Decryption { get; } = [.. encryption.Select(k => k.Credentials.Key)];

    /// <summary>The public keys, for the key set document.</summary>
    public IReadOnlyList<PublishedKey> Published { get; } = [.. signing.Select(k => k.Published)];

    /// <summary>Keys in the store that this node cannot unprotect: other nodes sign with them, and this node refuses those tokens.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    public bool Knows(string? kid) => kid is not null && ids.Contains(kid);
}
