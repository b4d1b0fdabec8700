namespace HQ.OAuth2;

/// <summary>The row of a key in README; its description is the documentation of the property.</summary>
/// <param name="Path">The key below the section.</param>
/// <param name="Options">The type that has the property of the same name.</param>
/// <param name="Default">The default value as it is written in the configuration; null when there is none.</param>
/// <param name="Hints">The rules in words.</param>
internal sealed record OptionLine(string Path, Type Options, string? Default, IReadOnlyList<string> Hints)
{
    /// <summary>The name of the key; the name of its property differs only in the case of the first letter.</summary>
    public string Name => Path[(Path.LastIndexOf(':') + 1)..];
}
