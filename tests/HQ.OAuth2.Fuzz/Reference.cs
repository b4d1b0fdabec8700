using System.Text;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Fuzz;

/// <summary>The grammars of the standards, from their own ABNF, and slow decoders: nothing of the server is used here.</summary>
internal static partial class Reference
{
    private static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

    /// <summary>One byte is one character.</summary>
    public static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Text from bytes that may be no UTF-8; those become U+FFFD, as in a JSON or a query that a framework has decoded.</summary>
    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>The text of UTF-8; null when the bytes are something else.</summary>
    public static string? Utf8(byte[] bytes)
    {
        try
        {
            return strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The name/value pairs of a form (RFC 6749 Appendix B); null when one cannot be decoded.</summary>
    public static List<KeyValuePair<string, string>>? Form(byte[] bytes)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in Latin(bytes).Split('&'))
        {
            if (pair.Length == 0)
                continue;
            var parts = pair.Split('=', 2);
            if (FormValue(parts[0]) is not { } name || FormValue(parts.Length > 1 ? parts[1] : "") is not { } value)
                return null;
            pairs.Add(KeyValuePair.Create(name, value));
        }

        return pairs;
    }

    /// <summary>One name or value, given as one character a byte; null when it cannot be decoded.</summary>
    public static string? FormValue(string latin)
    {
        if (!FormText().IsMatch(latin))
            return null;
        var bytes = new List<byte>();
        for (var i = 0; i < latin.Length; i++)
        {
            bytes.Add(
                latin[i] == '%' ? Convert.FromHexString(latin.AsSpan(i + 1, 2))[0]
                : latin[i] == '+' ? (byte)' '
                : (byte)latin[i]
            );
            i += latin[i] == '%' ? 2 : 0;
        }

        return Utf8([.. bytes]);
    }

    /// <summary>base64url without padding (RFC 7515 §2), decoded by another library; null for any other text.</summary>
    public static byte[]? Base64Url(string text)
    {
        if (!Base64UrlAlphabet().IsMatch(text) || text.Length % 4 == 1)
            return null;
        var bytes = Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - text.Length % 4) % 4));
        return Encode(bytes) == text ? bytes : null;
    }

    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>RFC 6749 §3.3: <c>scope = scope-token *( SP scope-token )</c>, <c>scope-token = 1*( %x21 / %x23-5B / %x5D-7E )</c>.</summary>
    [GeneratedRegex(@"\A[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*\z")]
    public static partial Regex Scope();

    /// <summary>RFC 7235 §2.1: <c>token68</c>.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9\-._~+/]+=*\z")]
    public static partial Regex Token68();

    /// <summary>RFC 6749 Appendix A.1: <c>client-id = *VSCHAR</c>.</summary>
    [GeneratedRegex(@"\A[\x20-\x7E]+\z")]
    public static partial Regex VisibleText();

    /// <summary>RFC 3986 Appendix A: an absolute URI with only characters of a URI.</summary>
    [GeneratedRegex(@"\A(?<scheme>[a-z][a-z0-9+\-.]*):(?<rest>[A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=%]*)\z")]
    public static partial Regex AbsoluteUri();

    /// <summary>RFC 8252 §7.3 and RFC 6761 §6.3: an http URI of this machine, its host, and what follows host and port.</summary>
    [GeneratedRegex(
        @"\Ahttp://(?<host>127\.0\.0\.1|\[::1\]|(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)*localhost)(?::(?<port>[1-9][0-9]{0,4}))?(?<rest>(?:[/?].*)?)\z",
        RegexOptions.Singleline
    )]
    private static partial Regex LoopbackUri();

    /// <summary>Host and rest of a URI of this machine; null for any other.</summary>
    public static (string Host, string Tail)? Loopback(string uri) =>
        LoopbackUri().Match(uri) is { Success: true } m
        && (m.Groups["port"].Length == 0 || int.Parse(m.Groups["port"].Value) <= 65535)
        && m.Groups["host"].Length <= 253
            ? (m.Groups["host"].Value, m.Groups["rest"].Value)
            : null;

    [GeneratedRegex(@"\A(?:[^%]|%[0-9A-Fa-f]{2})*\z", RegexOptions.Singleline)]
    private static partial Regex FormText();

    [GeneratedRegex(@"\A[A-Za-z0-9\-_]*\z")]
    private static partial Regex Base64UrlAlphabet();
}
