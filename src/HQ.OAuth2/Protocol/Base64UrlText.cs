using System.Buffers.Text;

namespace HQ.OAuth2;

/// <summary>base64url with one spelling for each value (RFC 4648 §3.5): a token with another spelling is not the token.</summary>
internal static class Base64UrlText
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>Whether the text has only characters of the alphabet, no padding, and no bit that decoding drops.</summary>
    public static bool IsCanonical(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }

        // The last character of 2 stands for 2 bits and 4 spare ones, that of 3 for 4 bits and 2 spare ones.
        return (text.Length % 4) switch
        {
            0 => true,
            2 => Value(text[^1]) % 16 == 0,
            3 => Value(text[^1]) % 4 == 0,
            _ => false,
        };
    }

    /// <summary>Decodes a text in that one spelling; null for any other text.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text) => IsCanonical(text) ? Base64Url.DecodeFromChars(text) : null;

    private static int Value(char c) => Alphabet.IndexOf(c, StringComparison.Ordinal);
}
