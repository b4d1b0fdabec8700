using System.Buffers.Text;
using System.Security.Cryptography;

namespace HQ.OAuth2;

/// <summary>
/// The token with which a client manages its own registration (RFC 7592 §3): <c>hqg_{client id}.{secret}</c> and a checksum. It gives access to
/// nothing else, lives as long as the registration, and is stored as a hash.
/// </summary>
internal readonly struct RegistrationAccessToken
{
    private const string Prefix = "hqg_";

    private readonly byte[] secret;

    private RegistrationAccessToken(string clientId, byte[] secret) => (ClientId, this.secret) = (clientId, secret);

    /// <summary>The id of the client whose registration it is for.</summary>
    public string ClientId { get; }

    public string Hash => Convert.ToBase64String(IssuedText.Hash(secret));

    public static RegistrationAccessToken New(string clientId) => new(clientId, IssuedText.NewSecret());

    public string ToWire() => IssuedText.Seal($"{Prefix}{ClientId}.{Base64Url.EncodeToString(secret)}");

    public static bool TryParse(string text, out RegistrationAccessToken token)
    {
        token = default;
        if (
            !IssuedText.TryOpen(text, Prefix, out var body)
            || body.LastIndexOf('.') is not (> 0 and var dot)
            || !IssuedText.TryReadSecret(body[(dot + 1)..], out var secret)
        )
            return false;
        token = new(body[..dot].ToString(), secret);
        return true;
    }

    /// <summary>Whether it is the token of this client, compared in fixed time.</summary>
    public bool IsOf(Client client)
    {
        // The stored value may be no base64; then no token matches it.
        Span<byte> kept = stackalloc byte[SHA256.HashSizeInBytes];
        return client.ClientId == ClientId
            && client.RegistrationAccessTokenHash is { } text
            && Convert.TryFromBase64String(text, kept, out var length)
            && CryptographicOperations.FixedTimeEquals(kept[..length], IssuedText.Hash(secret));
    }
}
