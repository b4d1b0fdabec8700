namespace HQ.OAuth2;

/// <summary>One row of a table: a key of the configuration, how it is read into its property, and the rules about it alone.</summary>
internal abstract class OptionKey<TOptions>(string name)
{
    public string Name => name;

    public abstract void Read(TOptions options, IOptionValue value);

    /// <summary>The values that break a rule, each in one sentence.</summary>
    public abstract IEnumerable<string> Problems(TOptions options, string path);

    /// <summary>The values that work and weaken the server.</summary>
    public abstract IEnumerable<OptionsWarning> Warnings(TOptions options, string path);

    /// <summary>This key in README, and the keys below it.</summary>
    public abstract IEnumerable<OptionLine> Lines(TOptions options, string path);
}
