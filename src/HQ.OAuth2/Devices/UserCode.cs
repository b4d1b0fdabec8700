using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace HQ.OAuth2;

/// <summary>
/// The code that a user reads on a device and enters on the page (RFC 8628 §6.1): eight of twenty consonants, 2.56 · 10^10 values. No vowels, so
/// that it is never a word, and no letter that looks like a digit.
/// </summary>
internal readonly record struct UserCode
{
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;
    private const int Group = Length / 2;

    // A text that a person typed is not longer, with all its separators.
    private const int MaxTyped = 64;

    private UserCode(string text) => Text = text;

    /// <summary>The letters, without a separator.</summary>
    public string Text { get; }

    /// <summary>The code as people read it: <c>XXXX-XXXX</c>.</summary>
    public string Shown => $"{Text[..Group]}-{Text[Group..]}";

    public static UserCode New() => new(RandomNumberGenerator.GetString(Letters, Length));

    /// <summary>Reads what a person typed: letters of either case, with any separators between them (§6.1).</summary>
    public static bool TryRead([NotNullWhen(true)] string? typed, out UserCode code)
    {
        code = default;
        if (typed is null || typed.Length > MaxTyped)
            return false;
        var text = string.Concat(typed.Where(c => !IsSeparator(c)).Select(char.ToUpperInvariant));
        if (text.Length != Length || !text.All(Letters.Contains))
            return false;
        code = new(text);
        return true;
    }

    private static bool IsSeparator(char c) => char.IsWhiteSpace(c) || char.IsPunctuation(c);

    /// <summary>Not the code, so that no log gets it by accident.</summary>
    public override string ToString() => "user code";
}
