namespace HQ.OAuth2;

/// <summary>The rules for a subject: a text that every store keeps and returns unchanged.</summary>
internal static class Subjects
{
    /// <summary>The maximum length of a subject; a database column for it needs no more.</summary>
    public const int MaxLength = 800;

    /// <summary>The error of a subject; null when it is valid. The text does not contain the subject.</summary>
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
