using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2.Mutation;

/// <summary>What a test reaches, and how long it takes.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its full name.</param>
/// <param name="Passes">Whether it passes while no mutant is on.</param>
/// <param name="Seconds">How long it takes.</param>
/// <param name="Reached">The mutants it reaches.</param>
internal sealed record Reach(string Id, string Name, bool Passes, double Seconds, int[] Reached)
{
    /// <summary>The class that has the test.</summary>
    [JsonIgnore]
    public string Fixture { get; } = Name[..Name.AsSpan(0, Name.IndexOf('(') is > 0 and var end ? end : Name.Length).LastIndexOf('.')];
}

/// <summary>The work of a process beside the one that counts: a mutant may loop for ever, or end the process.</summary>
internal static class Worker
{
    /// <summary>The answer when no test noticed the mutant.</summary>
    public const string Survived = "survived";

    /// <summary>The answer when a test failed that passes without the mutant.</summary>
    public const string Killed = "killed";

    /// <summary>
    /// The beginning of the answer when a test failed, and then failed without the mutant too: a mutant spoilt this process. The id of the test follows.
    /// </summary>
    public const string Spoilt = "spoilt ";

    /// <summary>A test is over.</summary>
    public const string Test = "test";

    // Most mutants are noticed by one of these.
    private const int First = 20;

    public static void Cover(string name, string file)
    {
        var suite = new Suite(name);
        var tests = new List<Reach>();
        Switch.TurnOn(Switch.None);
        Switch.Watch();
        suite.Run(
            suite.Tests,
            untilOneFails: false,
            result =>
            {
                var passes = result.ResultState.Status == NUnit.Framework.Interfaces.TestStatus.Passed;
                tests.Add(new(result.Test.Id, result.FullName, passes, result.Duration, Switch.Reached()));
            }
        );
        File.WriteAllText(file, JsonSerializer.Serialize(tests));
    }

    /// <summary>Reads a mutant and its tests from each line, the quickest test first, and answers with a line; one for each test comes before.</summary>
    public static void Try(string name, int fromStart)
    {
        Switch.TurnOn(fromStart);
        using var answers = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        Console.SetOut(TextWriter.Null);
        var suite = new Suite(name);
        while (Console.In.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            var mutant = int.Parse(words[0], CultureInfo.InvariantCulture);
            answers.WriteLine(Try(suite, mutant, words[1..], _ => answers.WriteLine(Test)));
        }
    }

    private static string Try(Suite suite, int mutant, string[] tests, Action<NUnit.Framework.Interfaces.ITestResult> finished)
    {
        foreach (
            var some in (string[][])
                [
                    [.. tests.Take(First)],
                    [.. tests.Skip(First)],
                ]
        )
        {
            Switch.TurnOn(mutant);
            var failed = suite.Run(some, untilOneFails: true, finished);
            Switch.TurnOn(Switch.None);
            if (failed.Count > 0)
                return suite.Run(failed, untilOneFails: true).Count == 0 ? Killed : Spoilt + failed[0];
        }

        return Survived;
    }
}
