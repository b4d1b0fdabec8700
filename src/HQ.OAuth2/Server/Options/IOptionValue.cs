namespace HQ.OAuth2;

/// <summary>One value of the configuration, read by the rows of a table. A value that does not read is reported, and nothing is set.</summary>
internal interface IOptionValue
{
    void Text(Action<string> set, bool secret);

    void Bool(Action<bool> set);

    void Number(Action<int> set);

    void Time(Action<TimeSpan> set);

    /// <summary>Reads one of several words; sets its index.</summary>
    void Word(IReadOnlyList<string> words, Action<int> set);

    /// <summary>The entries of a list.</summary>
    IEnumerable<IOptionValue> Entries(bool secret);

    /// <summary>The entries of a list of objects; the name of their first member is shown where an entry is no object.</summary>
    IEnumerable<IOptionValue> Objects(string first);

    /// <summary>Reads the members of an object: each that is among the names, with its index there.</summary>
    void Members(IReadOnlyList<string> names, Action<int, IOptionValue> read);
}
