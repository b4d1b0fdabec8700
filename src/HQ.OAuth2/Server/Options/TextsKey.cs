namespace HQ.OAuth2;

/// <summary>A key with a list of texts; the rule is about each of them.</summary>
internal sealed class TextsKey<TOptions>(string name, Func<TOptions, IList<string>> get) : OptionKey<TOptions>(name)
{
    public OptionRule<string>? Rule { get; init; }

    /// <summary>A secret is never shown.</summary>
    public bool Secret { get; init; }

    /// <summary>Whether the configuration adds to the list; otherwise it replaces what code put there.</summary>
    public bool Adds { get; init; }

    public override void Read(TOptions options, IOptionValue value)
    {
        var list = get(options);
        if (!Adds)
            list.Clear();
        foreach (var entry in value.Entries(Secret))
            entry.Text(
                text =>
                {
                    if (!list.Contains(text, StringComparer.Ordinal))
                        list.Add(text);
                },
                Secret
            );
    }

    public override IEnumerable<string> Problems(TOptions options, string path) =>
        get(options)
            .Select(text => Rule?.Fix(text) is { } fix ? OptionText.Problem(path, Secret ? "(not shown)" : text, fix) : null)
            .OfType<string>();

    public override IEnumerable<OptionsWarning> Warnings(TOptions options, string path) => [];

    public override IEnumerable<OptionLine> Lines(TOptions options, string path)
    {
        var texts = get(options);
        yield return new(path, typeof(TOptions), texts.Count == 0 ? "[]" : string.Join(", ", texts), Rule?.Hint is { } hint ? [hint] : []);
    }
}
