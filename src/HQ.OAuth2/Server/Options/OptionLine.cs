namespace HQ.OAuth2;

/// <summary>What README says of a key; the rest is the documentation of its property.</summary>
/// <param name="Path">The key below the section.</param>
/// <param name="Options">The type that has the property of the same name.</param>
/// <param name="Default">The value without configuration, as one writes it; null when there is none.</param>
/// <param name="Hints">What the rules say, in words.</param>
internal sealed record OptionLine(string Path, Type Options, string? Default, IReadOnlyList<string> Hints)
{
    /// <summary>The name of the key, and of its property but for the case of the first letter.</summary>
    public string Name => Path[(Path.LastIndexOf(':') + 1)..];
}
