using System.Globalization;

namespace HQ.OAuth2.Load;

/// <summary>The options of the command.</summary>
internal sealed record Settings
{
    public const string Usage = """
        bench/load/run.sh [--quick] [--rounds N] [--seconds S] [--warm-up S] [--starts N] [--only server,...] [--scenarios name,...]
        """;

    public int Rounds { get; private init; } = 3;

    /// <summary>How long a scenario is timed on a server in each round.</summary>
    public double Seconds { get; private init; } = 1.5;

    /// <summary>How long each scenario runs on a server before its first round.</summary>
    public double WarmUp { get; private init; } = 2;

    /// <summary>How often the start of a server is timed.</summary>
    public int Starts { get; private init; } = 3;

    public IReadOnlyList<ServerKind> Servers { get; private init; } = ServerKind.All;

    public IReadOnlyList<Scenario> Scenarios { get; private init; } = Load.Scenarios.All;

    private static Settings Quick { get; } =
        new()
        {
            Rounds = 1,
            Seconds = 0.6,
            WarmUp = 0.6,
            Starts = 1,
            Servers = ServerKind.Quick,
        };

    public static Settings Read(string[] args)
    {
        // --quick counts first, so that the others can change what it sets.
        var settings = args.Contains("--quick") ? Quick : new();
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var option))
            settings = option switch
            {
                "--quick" => settings,
                "--rounds" => settings with { Rounds = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--seconds" => settings with { Seconds = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--warm-up" => settings with { WarmUp = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--starts" => settings with { Starts = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--only" => settings with { Servers = Chosen(Value(), ServerKind.All, s => s.Name) },
                "--scenarios" => settings with { Scenarios = Chosen(Value(), Load.Scenarios.All, s => s.Name) },
                var other => throw new ArgumentException($"There is no option {other}: {Usage}"),
            };
        return settings.Rounds > 0 && settings.Starts > 0 ? settings : throw new ArgumentException($"At least one: {Usage}");

        string Value() => rest.TryDequeue(out var value) ? value : throw new ArgumentException($"A value is missing: {Usage}");
    }

    private static T[] Chosen<T>(string names, T[] all, Func<T, string> nameOf) =>
        [
            .. names
                .Split(',')
                .Select(name =>
                    all.FirstOrDefault(one => nameOf(one) == name)
                    ?? throw new ArgumentException($"There is no {name}, but {string.Join(", ", all.Select(nameOf))}.")
                ),
        ];
}
