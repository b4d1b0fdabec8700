using System.Globalization;

namespace HQ.OAuth2.Durability;

/// <summary>A command and its <c>--name value</c> pairs. What nobody asks for is an error, so that no typing mistake runs the defaults.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    public Arguments(IReadOnlyList<string> args)
    {
        Command = args.Count > 0 ? args[0] : "";
        for (var i = 1; i < args.Count; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Count)
                throw new ArgumentException($"'{args[i]}' is no --name with a value.");
            values[args[i][2..]] = args[i + 1];
        }

        QuickStart = Command == "soak" ? "" : Folder("quickstart", "HQ_QUICKSTART", "QuickStart.dll");
    }

    public string Command { get; }

    /// <summary>The folder of the published QuickStart.</summary>
    public string QuickStart { get; }

    /// <summary>The folder of a published program, from an argument or the environment.</summary>
    public string Folder(string name, string variable, string program)
    {
        var folder =
            Take(name)
            ?? Environment.GetEnvironmentVariable(variable)
            ?? throw new ArgumentException($"Where is the published {program}? Say --{name} DIR.");
        // Nodes run in that folder: a relative path would mean another one there.
        var full = Path.GetFullPath(folder);
        return File.Exists(Path.Combine(full, program)) ? full : throw new ArgumentException($"There is no {program} in {full}.");
    }

    public string[] AllOf(string name, params string[] choices)
    {
        if (Take(name) is not { } text)
            return choices;
        var all = text.Split(',');
        return all.Except(choices, StringComparer.Ordinal).FirstOrDefault() is { } other
            ? throw new ArgumentException($"--{name} {other} is none of {string.Join(", ", choices)}.")
            : all;
    }

    public int Number(string name, int otherwise, int atLeast = 1)
    {
        if (Take(name) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= atLeast
            ? number
            : throw new ArgumentException($"--{name} {text} is no number of at least {atLeast}.");
    }

    public string OneOf(string name, params string[] choices)
    {
        var text = Take(name) ?? choices[0];
        return choices.Contains(text, StringComparer.Ordinal)
            ? text
            : throw new ArgumentException($"--{name} {text} is none of {string.Join(", ", choices)}.");
    }

    /// <summary>Called when everything was asked for.</summary>
    public void Done()
    {
        if (values.Count > 0)
            throw new ArgumentException($"{Command} does not know --{values.Keys.First()}.");
    }

    private string? Take(string name) => values.Remove(name, out var value) ? value : null;
}
