namespace HQ.OAuth2;

/// <summary>
/// The keys of one options type. The reader of the configuration, the rules about single keys and the table of docs/configuration.md follow from the rows.
/// </summary>
/// <param name="entry">For a list: the text that names an entry in messages, which is the value of the first row.</param>
internal sealed class OptionTable<T>(Func<T, string>? entry = null)
{
    private readonly List<OptionKey<T>> keys = [];

    public IReadOnlyList<string> Names => [.. keys.Select(k => k.Name)];

    public void Read(T options, IOptionValue value) => value.Members(Names, (i, member) => keys[i].Read(options, member));

    public IEnumerable<string> Problems(T options, string path) => keys.SelectMany(k => k.Problems(options, PathOf(k, options, path)));

    public IEnumerable<OptionsWarning> Warnings(T options, string path) =>
        keys.SelectMany(k => k.Warnings(options, PathOf(k, options, path)));

    public IEnumerable<OptionLine> Lines(T options, string path) => keys.SelectMany(k => k.Lines(options, OptionText.Below(path, k.Name)));

    public OptionTable<T> Text(
        string name,
        Func<T, string?> get,
        Action<T, string> set,
        OptionRule<string?>? rule = null,
        OptionCaution<string?>? caution = null,
        bool secret = false
    ) =>
        With(
            new ValueKey<T, string?>(name, get, (o, value) => value.Text(text => set(o, text), secret))
            {
                Rule = rule,
                Caution = caution,
                Secret = secret,
            }
        );

    public OptionTable<T> Bool(string name, Func<T, bool?> get, Action<T, bool> set, OptionCaution<bool?>? caution = null) =>
        With(new ValueKey<T, bool?>(name, get, (o, value) => value.Bool(b => set(o, b))) { Caution = caution });

    public OptionTable<T> Number(
        string name,
        Func<T, int> get,
        Action<T, int> set,
        OptionRule<int> rule,
        OptionCaution<int>? caution = null
    ) => With(new ValueKey<T, int>(name, get, (o, value) => value.Number(n => set(o, n))) { Rule = rule, Caution = caution });

    public OptionTable<T> Time(
        string name,
        Func<T, TimeSpan> get,
        Action<T, TimeSpan> set,
        OptionRule<TimeSpan> rule,
        OptionCaution<TimeSpan>? caution = null
    ) => With(new ValueKey<T, TimeSpan>(name, get, (o, value) => value.Time(t => set(o, t))) { Rule = rule, Caution = caution });

    public OptionTable<T> Word<TWord>(string name, Func<T, TWord?> get, Action<T, TWord> set, params (string Text, TWord Value)[] words)
        where TWord : struct, Enum
    {
        string[] texts = [.. words.Select(w => w.Text)];
        string? Written(TWord? value) => words.FirstOrDefault(w => w.Value.Equals(value)).Text;
        return With(
            new ValueKey<T, TWord?>(name, get, (o, value) => value.Word(texts, i => set(o, words[i].Value)))
            {
                Rule = new(
                    value => value is null || Written(value) is not null ? null : $"is unknown: use {string.Join(" or ", texts)}",
                    $"values: {string.Join(", ", texts.Select(t => $"`{t}`"))}"
                ),
                Written = Written,
            }
        );
    }

    public OptionTable<T> Texts(
        string name,
        Func<T, IList<string>> get,
        OptionRule<string>? rule = null,
        bool secret = false,
        bool adds = false
    ) =>
        With(
            new TextsKey<T>(name, get)
            {
                Rule = rule,
                Secret = secret,
                Adds = adds,
            }
        );

    public OptionTable<T> Members<TMembers>(string name, Func<T, TMembers> get, OptionTable<TMembers> table) =>
        With(new MembersKey<T, TMembers>(name, get, table));

    public OptionTable<T> Items<TItem>(string name, Func<T, IList<TItem>> get, OptionTable<TItem> table)
        where TItem : new() => With(new ItemsKey<T, TItem>(name, get, table));

    /// <summary>The rows of another table of the same type.</summary>
    public OptionTable<T> Also(OptionTable<T> other)
    {
        keys.AddRange(other.keys);
        return this;
    }

    private OptionTable<T> With(OptionKey<T> key)
    {
        keys.Add(key);
        return this;
    }

    // An entry of a list is named by its first member, and that member by its own name.
    private string PathOf(OptionKey<T> key, T options, string path) =>
        OptionText.Below(entry is null || key == keys[0] ? path : $"{path}:{entry(options)}", key.Name);
}
