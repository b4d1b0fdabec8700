using System.Text.RegularExpressions;

namespace HQ.OAuth2.Fuzz;

/// <summary>Codes that a person types (RFC 8628 §6.1).</summary>
internal static partial class UserCodeTarget
{
    public static bool UserCode(byte[] input)
    {
        var typed = Reference.Text(input);
        var accepted = OAuth2.UserCode.TryRead(typed, out var code);
        var letters = Separators().Replace(typed, "");
        Rule.Agrees(accepted, typed.Length <= 64 && Code().IsMatch(letters), "Whether a text is a user code");
        if (!accepted)
            return false;
        Rule.Agrees(code.Text, letters.ToUpperInvariant(), "The letters of a user code");
        Rule.Holds(Shown().IsMatch(code.Shown), "A user code is shown as four letters, a hyphen and four letters.");
        Rule.Holds(OAuth2.UserCode.TryRead(code.Shown, out var again) && again == code, "A user code is read as it is shown.");
        Rule.Holds(!code.ToString().Contains(code.Text), "A user code does not print itself.");
        return true;
    }

    // White space and punctuation of Unicode.
    [GeneratedRegex(@"[\s\p{P}]")]
    private static partial Regex Separators();

    [GeneratedRegex(@"\A[BCDFGHJKLMNPQRSTVWXZbcdfghjklmnpqrstvwxz]{8}\z")]
    private static partial Regex Code();

    [GeneratedRegex(@"\A[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\z")]
    private static partial Regex Shown();
}
