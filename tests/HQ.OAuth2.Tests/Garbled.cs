namespace HQ.OAuth2;

/// <summary>What becomes of an issued value in bad hands and bad tools.</summary>
internal static class Garbled
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ~é";

    /// <summary>Every position replaced by other characters, its other case and its neighbours in the alphabet among them.</summary>
    public static IEnumerable<string> ByOneCharacter(string text) =>
        from i in Enumerable.Range(0, text.Length)
        from c in new[] { Alphabet[(i * 7) % Alphabet.Length], (char)(text[i] ^ 1), (char)(text[i] ^ 0x20), '\0' }
        where c != text[i]
        select text[..i] + c + text[(i + 1)..];

    /// <summary>Cut at either end, grown at either end, doubled.</summary>
    public static IEnumerable<string> ByLength(string text) =>
        [
            .. Enumerable.Range(0, text.Length).SelectMany(i => new[] { text[..i], text[(i + 1)..] }),
            " " + text,
            text + " ",
            text + "\n",
            text + "=",
            text + text,
            text + new string('A', 1000),
        ];
}
