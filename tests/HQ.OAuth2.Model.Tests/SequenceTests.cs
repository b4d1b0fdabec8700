using System.Diagnostics;
using System.Globalization;

namespace HQ.OAuth2.Model.Tests;

/// <summary>
/// Random sequences of commands against two real hosts on one store in memory, and against the model. HQ_MODEL_SEQUENCES, HQ_MODEL_LENGTH and HQ_MODEL_SEED
/// choose other ones; the seed is printed.
/// </summary>
/// <remarks>
/// The loop is our own. A command is chosen by what the model has at that moment, so that most have an effect; CsCheck's model-based samples choose
/// from fixed operations, and their operations and its parallel ones are synchronous, while these are HTTP requests. FsCheck's state machines shrink by
/// taking commands out, as ours do, but have no asynchronous form either.
/// </remarks>
internal sealed class SequenceTests
{
    // The clock goes far in each sequence, and rows of the past stay in memory.
    private const int SequencesOfOneWorld = 1000;

    // From here on each kind of command is as good as certain.
    private const int SequencesWithEveryKind = 500;

    private static readonly int workers = Math.Max(2, Environment.ProcessorCount);

    [Test]
    public async Task Every_answer_is_the_one_of_the_model()
    {
        var (sequences, length) = (Number("HQ_MODEL_SEQUENCES", 10_000), Number("HQ_MODEL_LENGTH", 12));
        var seed = Number("HQ_MODEL_SEED", Environment.TickCount & 0xFFFFFF);
        var (next, commands, watch) = (-1, 0L, Stopwatch.StartNew());
        var before = Environment.CpuUsage.TotalTime;
        var kinds = new Dictionary<string, long>();
        Failure? found = null;
        var where = 0;
        await TestContext.Progress.WriteLineAsync($"HQ_MODEL_SEED={seed} HQ_MODEL_SEQUENCES={sequences} HQ_MODEL_LENGTH={length}");

        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync)));

        await TestContext.Progress.WriteLineAsync(
            $"{Math.Min(next + 1, sequences)} sequences, {commands} commands, {watch.Elapsed.TotalSeconds:0} s, of which the processor worked "
                + $"{(Environment.CpuUsage.TotalTime - before).TotalSeconds:0} s. "
                + string.Join(", ", kinds.OrderBy(k => k.Value).Select(k => $"{k.Key} {k.Value}"))
        );
        if (found is not null)
            Assert.Fail($"Sequence {where} of HQ_MODEL_SEED={seed}:\n{await ShortAsync(found, Rules.Right)}");
        if (sequences >= SequencesWithEveryKind)
            kinds.Keys.Should().BeEquivalentTo(EveryKind());

        async Task WorkAsync()
        {
            while (found is null && next < sequences)
            {
                await using var world = await World.StartAsync(nodes: 2);
                var runner = new Runner(world, Rules.Right);
                for (var i = 0; i < SequencesOfOneWorld && found is null; i++)
                {
                    var number = Interlocked.Increment(ref next);
                    if (number >= sequences)
                        break;
                    if (await runner.RunAsync(SeedOf(seed, number), length) is not { } failure)
                        continue;
                    if (Interlocked.CompareExchange(ref found, failure, null) is null)
                        where = number;
                }

                Interlocked.Add(ref commands, runner.Commands);
                lock (kinds)
                {
                    foreach (var (kind, count) in runner.Kinds)
                        kinds[kind] = kinds.GetValueOrDefault(kind) + count;
                }
            }
        }
    }

    /// <summary>The failure as a short script.</summary>
    public static async Task<string> ShortAsync(Failure failure, Rules rules)
    {
        await using var world = await World.StartAsync(nodes: 2);
        var shrinker = new Shrinker(commands => new Runner(world, rules).RunAsync(commands));
        return Script.Of(await shrinker.ShrinkAsync(failure), world.Clock.Now);
    }

    // A run in which nothing is redeemed, or nothing is refused, shows nothing.
    private static IEnumerable<string> EveryKind() =>
        typeof(Command)
            .GetNestedTypes()
            .Select(t => t.Name)
            .Concat(["Redeem succeeded", "Redeem refused", "Refresh succeeded", "Refresh refused"]);

    private static int SeedOf(int seed, int number) => unchecked((seed * 1_000_003) + number);

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
