using System.Text;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// A signed JWT that a client brings, as a compact JWS (RFC 7515 §7.1, RFC 7519 §7.2): read, and verified by one key that the caller chose. Its
/// members say nothing before the signature is verified.
/// </summary>
internal sealed class SignedJwt
{
    /// <summary>The longest text that is read: enough for a signature of 8,192 bits and a chain of certificates that nothing here reads.</summary>
    public const int MaxLength = 8192;

    private const int MaxDepth = 16;

    // The year 9999 and before 1970: a time beyond is no time.
    private const double MaxSeconds = 253_402_300_799;

    private static readonly JsonDocumentOptions options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private readonly string text;
    private readonly JsonElement header;
    private readonly JsonElement payload;

    private SignedJwt(string text, string algorithm, JsonElement header, JsonElement payload) =>
        (this.text, Algorithm, this.header, this.payload) = (text, algorithm, header, payload);

    /// <summary>The algorithm of its signature: one of <see cref="PublicJwk.Verified"/>.</summary>
    public string Algorithm { get; }

    /// <summary>Its type; null when it names none.</summary>
    public string? Type => Text(header, "typ");

    /// <summary>The key that it says it was signed by; null when it names none.</summary>
    public string? KeyId => Text(header, "kid");

    /// <summary>The key in its header, which anyone can put there; null when there is none.</summary>
    public JsonElement? Key => header.TryGetProperty("jwk", out var key) ? key : null;

    /// <summary>Reads a text; null when it is no JWT in its one spelling, or signed by an algorithm that is not verified here.</summary>
    public static SignedJwt? Read(string text)
    {
        // One spelling (RFC 7515 §7.1): three parts in base64url without padding or spare bits.
        if (text.Length > MaxLength || text.AsSpan().Count('.') != 2)
            return null;
        var (first, last) = (text.IndexOf('.', StringComparison.Ordinal), text.LastIndexOf('.'));
        var signature = text.AsSpan(last + 1);
        if (signature.IsEmpty || !Base64UrlText.IsCanonical(signature))
            return null;
        if (Object(text.AsSpan(0, first)) is not { } header || Object(text.AsSpan(first + 1, last - first - 1)) is not { } payload)
            return null;

        // Members that are present are texts. No extension is understood here (§4.1.11).
        if (!IsText(header, "typ") || !IsText(header, "kid") || header.TryGetProperty("crit", out _))
            return null;
        // Never "none", and no algorithm with a shared secret: a public key would be the secret (RFC 8725 §3.1).
        return Text(header, "alg") is { } algorithm && PublicJwk.Verified.Contains(algorithm)
            ? new(text, algorithm, header, payload)
            : null;
    }

    /// <summary>Whether the owner of the key signed it.</summary>
    public bool IsSignedBy(PublicJwk key)
    {
        var end = text.LastIndexOf('.');
        return key.Verify(Algorithm, Encoding.ASCII.GetBytes(text, 0, end), Base64UrlText.Decode(text.AsSpan(end + 1)));
    }

    /// <summary>A claim that is a text; null when it is absent or something else.</summary>
    public string? Text(string claim) => Text(payload, claim);

    /// <summary>A claim as it is; null when it is absent.</summary>
    public JsonElement? Claim(string claim) => payload.TryGetProperty(claim, out var value) ? value : null;

    /// <summary>A claim that is a time in seconds, with or without a fraction (RFC 7519 §2, NumericDate).</summary>
    /// <returns>False when it is there and no time; true with null when it is absent.</returns>
    public bool TryGetTime(string claim, out DateTimeOffset? time)
    {
        time = null;
        if (Claim(claim) is not { } value)
            return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || seconds is < 0 or > MaxSeconds)
            return false;
        time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }

    // A part that is one JSON object: UTF-8, no member twice (RFC 7515 §4, RFC 7519 §4).
    private static JsonElement? Object(ReadOnlySpan<char> part)
    {
        if (Base64UrlText.Decode(part) is not { } bytes || !System.Text.Unicode.Utf8.IsValid(bytes))
            return null;
        try
        {
            return JsonElement.Parse(bytes, options) is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name with a lone surrogate cannot be compared with the others.
            return null;
        }
    }

    private static bool IsText(JsonElement json, string member) => !json.TryGetProperty(member, out _) || Text(json, member) is not null;

    private static string? Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) ? Text(value) : null;

    /// <summary>A value that is a text; null when it is something else.</summary>
    public static string? Text(JsonElement value)
    {
        try
        {
            if (value.ValueKind == JsonValueKind.String)
                return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // A string with a lone surrogate is no text.
        }

        return null;
    }
}
