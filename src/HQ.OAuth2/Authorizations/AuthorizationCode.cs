using System.Buffers.Text;

namespace HQ.OAuth2;

/// <summary>
/// An authorization code: <c>hqa_{id}.{secret}</c> and a checksum, 86 characters. The id finds the row; the secret proves possession.
/// </summary>
internal readonly record struct AuthorizationCode(string Id, byte[] Secret)
{
    private const string Prefix = "hqa_";

    /// <summary>The length of an id: 32 hexadecimal digits.</summary>
    public const int IdLength = 32;

    public static AuthorizationCode New(string id) => new(id, IssuedText.NewSecret());

    public static bool TryParse(string? text, out AuthorizationCode code)
    {
        code = default;
        if (!IssuedText.TryOpen(text, Prefix, out var body) || body.Length <= IdLength || body[IdLength] != '.')
            return false;
        var id = body[..IdLength].ToString();
        if (!OAuthAuthorization.IsId(id) || !IssuedText.TryReadSecret(body[(IdLength + 1)..], out var secret))
            return false;
        code = new(id, secret);
        return true;
    }

    /// <summary>The wire form. It is not ToString, so that no log gets it by accident.</summary>
    public string ToWire() => IssuedText.Seal($"{Prefix}{Id}.{Base64Url.EncodeToString(Secret)}");

    public override string ToString() => $"code of {Id}";
}
