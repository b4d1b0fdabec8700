using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace HQ.OAuth2;

/// <summary>application/x-www-form-urlencoded by RFC 6749 Appendix B: UTF-8; text that does not decode is refused.</summary>
internal static class FormEncoding
{
    /// <summary>Decodes one name or value. False for <c>%GG</c>, a truncated escape, or bytes that are not UTF-8.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var bytes = encoded.Length <= 256 ? stackalloc byte[encoded.Length] : new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var b = encoded[i];
            if (b == '%')
            {
                if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit((char)encoded[i + 1]) || !char.IsAsciiHexDigit((char)encoded[i + 2]))
                    return false;
                b = (byte)((HexValue(encoded[i + 1]) << 4) | HexValue(encoded[i + 2]));
                i += 2;
            }
            else if (b == '+')
            {
                b = (byte)' ';
            }

            bytes[length++] = b;
        }

        if (!Utf8.IsValid(bytes[..length]))
            return false;
        text = Encoding.UTF8.GetString(bytes[..length]);
        return true;
    }

    /// <summary>Encodes one value for a query or a form. A space becomes %20, which every decoder reads.</summary>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>The length of <see cref="Encode"/>: one for an unreserved character (RFC 3986 §2.3), three for each byte of another.</summary>
    public static int EncodedLength(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        var plain = 0;
        foreach (var c in text)
            plain += char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' ? 1 : 0;
        return plain + 3 * (bytes - plain);
    }

    /// <summary>Appends parameters to a URI whose own query stays as it is (RFC 6749 §3.1.2). Null values are left out.</summary>
    public static string AppendQuery(string uri, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var result = new DefaultInterpolatedStringHandler(0, 0);
        result.AppendLiteral(uri);
        var separator =
            !uri.Contains('?', StringComparison.Ordinal) ? "?"
            : uri[^1] is '?' or '&' ? ""
            : "&";
        foreach (var (name, value) in parameters)
        {
            if (value is null)
                continue;
            result.AppendLiteral(separator);
            result.AppendLiteral(name);
            result.AppendLiteral("=");
            result.AppendLiteral(Encode(value));
            separator = "&";
        }

        return result.ToStringAndClear();
    }

    private static int HexValue(byte digit) => char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
