namespace HQ.OAuth2;

/// <summary>A key with an object, whose members are a table of their own.</summary>
internal sealed class MembersKey<TOptions, TMembers>(string name, Func<TOptions, TMembers> get, OptionTable<TMembers> table)
    : OptionKey<TOptions>(name)
{
    public override void Read(TOptions options, IOptionValue value) => table.Read(get(options), value);

    public override IEnumerable<string> Problems(TOptions options, string path) => table.Problems(get(options), path);

    public override IEnumerable<OptionsWarning> Warnings(TOptions options, string path) => table.Warnings(get(options), path);

    public override IEnumerable<OptionLine> Lines(TOptions options, string path) => table.Lines(get(options), path);
}
