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

        var folder =
            Take("quickstart")
            ?? Environment.GetEnvironmentVariable("HQ_QUICKSTART")
            ?? throw new ArgumentException("Where is the published QuickStart? Say --quickstart DIR.");
        // Nodes run in that folder: a relative path would mean another one there.
        QuickStart = Path.GetFullPath(folder);
        if (!File.Exists(Path.Combine(QuickStart, "QuickStart.dll")))
            throw new ArgumentException($"There is no QuickStart.dll in {QuickStart}.");
    }

    public string Command { get; }

    /// <summary>The folder of the published QuickStart.</summary>
    public string QuickStart { get; }

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
