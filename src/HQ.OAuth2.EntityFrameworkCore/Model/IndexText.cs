using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// Identifiers in the indexed columns of a database whose index keys are short (SQL Server: 900 bytes, InnoDB: 3,072 bytes of four a character)
/// or which ignores spaces at the end of text. Most of them are stored unchanged. A text that is too long or ends in a space is replaced by its
/// beginning and its SHA-256. So different texts have different keys, and the order of a list hardly changes.
/// </summary>
internal static class IndexText
{
    /// <summary>The length of the columns, and of every replaced text; all others are shorter.</summary>
    public const int Length = 192;

    private const int HashLength = 64;

    // No identifier has a control character (Subjects, ClientDirectory.CanBeId, ClientSettings), so none looks like a replaced text.
    private const char Substitute = '\u001A';

    /// <summary>The key of a text. The key of a key is the same key, so that keys read from the database can be searched for.</summary>
    public static string Of(string text) => Fits(text) || IsReplaced(text) ? text : Replace(text);

    /// <summary>The text, if it must be stored beside its key; null if the key is the text.</summary>
    public static string? Beside(string text) => Fits(text) ? null : text;

    private static bool Fits(string text) => text.Length < Length && !text.EndsWith(' ');

    private static bool IsReplaced(string text) => text.Length == Length && text[^(HashLength + 1)] == Substitute;

    private static string Replace(string text)
    {
        var beginning = text[..Math.Min(text.Length, Length - HashLength - 1)];
        if (char.IsHighSurrogate(beginning[^1]))
            beginning = beginning[..^1];
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return beginning.PadRight(Length - HashLength - 1) + Substitute + hash;
    }
}
