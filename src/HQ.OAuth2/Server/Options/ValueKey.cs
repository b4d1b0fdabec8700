namespace HQ.OAuth2;

/// <summary>A key with one value.</summary>
internal sealed class ValueKey<TOptions, TValue>(string name, Func<TOptions, TValue> get, Action<TOptions, IOptionValue> read)
    : OptionKey<TOptions>(name)
{
    public OptionRule<TValue>? Rule { get; init; }

    public OptionCaution<TValue>? Caution { get; init; }

    /// <summary>A secret is never shown.</summary>
    public bool Secret { get; init; }

    /// <summary>The value as it is written in the configuration.</summary>
    public Func<TValue, string?> Written { get; init; } = value => OptionText.Of(value);

    public override void Read(TOptions options, IOptionValue value) => read(options, value);

    public override IEnumerable<string> Problems(TOptions options, string path)
    {
        var value = get(options);
        if (Rule?.Fix(value) is { } fix)
            yield return OptionText.Problem(path, Secret ? "(not shown)" : value, fix);
    }

    public override IEnumerable<OptionsWarning> Warnings(TOptions options, string path)
    {
        if (get(options) is { } value && Caution is { } caution && caution.Weakens(value))
            yield return new(path, Secret ? "(not shown)" : value, caution.Consequence);
    }

    public override IEnumerable<OptionLine> Lines(TOptions options, string path)
    {
        string?[] hints = [Rule?.Hint, Caution?.Hint];
        yield return new(path, typeof(TOptions), Written(get(options)), [.. hints.OfType<string>()]);
    }
}
