namespace HQ.OAuth2;

/// <summary>What can be a subject: a text that every store keeps, and gives back, as it is.</summary>
internal static class Subjects
{
    /// <summary>The longest subject there is; a column for it needs no more.</summary>
    public const int MaxLength = 800;

    /// <summary>What is wrong with a subject; null when nothing is. The subject is not part of the answer.</summary>
    public static string? Problem(string subject) =>
        subject.Length == 0 ? "is empty"
        : subject.Length > MaxLength ? $"has {subject.Length} characters, at most {MaxLength} can be stored"
        : subject.Any(char.IsControl) ? "has a control character"
        : HasLoneSurrogate(subject) ? "is no valid Unicode"
        : null;

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                return true;
            i++;
        }

        return false;
    }
}
