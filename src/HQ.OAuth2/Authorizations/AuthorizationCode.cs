using System.Buffers.Text;
using System.Globalization;

namespace HQ.OAuth2;

/// <summary>
/// An authorization code: <c>hqa_{id}.{secret}</c> and a checksum, 86 characters. The id finds the row; the secret proves possession.
/// </summary>
internal readonly record struct AuthorizationCode(string Id, byte[] Secret)
{
    private const string Prefix = "hqa_";

    /// <summary>The length of an id: 32 hexadecimal digits.</summary>
    public const int IdLength = 32;

    // The first 48 bits of a version 7 UUID are its time in milliseconds.
    private const int TimeLength = 12;

    private static readonly long maxTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>When it was made, by its own word.</summary>
    public DateTimeOffset MadeAt =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Min(maxTime, long.Parse(Id.AsSpan(0, TimeLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
        );

    public static AuthorizationCode New(string id) => new(id, IssuedText.NewSecret());

    public static bool TryParse(string? text, out AuthorizationCode code) => TryParse(text, Prefix, out code);

    /// <summary>Reads another kind of value that is made like a code.</summary>
    public static bool TryParse(string? text, string prefix, out AuthorizationCode code)
    {
        code = default;
        if (!IssuedText.TryOpen(text, prefix, out var body) || body.Length <= IdLength || body[IdLength] != '.')
            return false;
        var id = body[..IdLength].ToString();
        if (!OAuthAuthorization.IsId(id) || !IssuedText.TryReadSecret(body[(IdLength + 1)..], out var secret))
            return false;
        code = new(id, secret);
        return true;
    }

    /// <summary>The wire form. It is not ToString, so that no log gets it by accident.</summary>
    public string ToWire() => ToWire(Prefix);

    /// <summary>The wire form of another kind of value that is made like a code.</summary>
    public string ToWire(string prefix) => IssuedText.Seal($"{prefix}{Id}.{Base64Url.EncodeToString(Secret)}");

    public override string ToString() => $"code of {Id}";
}
