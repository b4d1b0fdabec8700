namespace HQ.OAuth2;

/// <summary>A key with a list of objects, whose members are a table of their own.</summary>
internal sealed class ItemsKey<TOptions, TItem>(string name, Func<TOptions, IList<TItem>> get, OptionTable<TItem> table)
    : OptionKey<TOptions>(name)
    where TItem : new()
{
    public override void Read(TOptions options, IOptionValue value)
    {
        foreach (var entry in value.Objects(table.Names[0]))
        {
            var item = new TItem();
            table.Read(item, entry);
            get(options).Add(item);
        }
    }

    public override IEnumerable<string> Problems(TOptions options, string path) =>
        get(options).SelectMany(item => table.Problems(item, path));

    public override IEnumerable<OptionsWarning> Warnings(TOptions options, string path) =>
        get(options).SelectMany(item => table.Warnings(item, path));

    public override IEnumerable<OptionLine> Lines(TOptions options, string path) =>
        [new OptionLine(path, typeof(TOptions), "[]", []), .. table.Lines(new(), path)];
}
