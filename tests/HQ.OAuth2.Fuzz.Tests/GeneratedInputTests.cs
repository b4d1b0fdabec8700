[assembly: Parallelizable(ParallelScope.Children)]

namespace HQ.OAuth2.Fuzz.Tests;

/// <summary>
/// Every target with its corpus and with inputs that a generator makes from it. HQ_FUZZ_EXECUTIONS and HQ_FUZZ_SEED say how many and which;
/// tests/fuzz.sh looks further, with AFL++.
/// </summary>
internal sealed class GeneratedInputTests
{
    private static readonly int seed = Setting("HQ_FUZZ_SEED") ?? Environment.TickCount;

    private static IEnumerable<string> Names => Target.Names;

    [TestCaseSource(nameof(Names))]
    public void No_input_breaks_a_rule(string name)
    {
        var target = Target.Named(name);
        TestContext.Out.WriteLine($"HQ_FUZZ_SEED={seed}");
        var result = Generator.Run(target, Setting("HQ_FUZZ_EXECUTIONS") ?? target.Executions, seed);
        TestContext.Out.WriteLine($"{name}: {result}");

        // A generator whose inputs are all refused, or all accepted, tests nothing.
        result.Accepted.Should().BeInRange(result.Executions / 500, result.Executions * 99 / 100);
    }

    [TestCaseSource(nameof(Names))]
    public void The_corpus_has_inputs_that_are_accepted_and_inputs_that_are_refused(string name)
    {
        var (corpus, target) = (Corpus.Of(name), Target.Named(name));
        corpus.Should().HaveCountGreaterThan(20);
        corpus.Should().OnlyContain(c => c.Bytes.Length <= Generator.MaxBytes);
        corpus.Count(c => target.Run(c.Bytes)).Should().BeInRange(3, corpus.Count - 3);
    }

    [Test]
    public void Each_folder_of_the_corpus_has_its_target() =>
        Directory.EnumerateDirectories(Corpus.Folder).Select(Path.GetFileName).Should().BeEquivalentTo(Names);

    [Test]
    public void The_generator_makes_the_same_inputs_for_the_same_seed()
    {
        var corpus = Corpus.Of("form").Select(c => c.Bytes).ToList();
        List<byte[]> Made(int seed)
        {
            var generator = new Generator(corpus, Corpus.Words(), seed);
            return [.. Enumerable.Range(0, 100).Select(_ => generator.Next())];
        }

        Made(1).Should().BeEquivalentTo(Made(1), o => o.WithStrictOrdering());
        Made(1).Should().NotBeEquivalentTo(Made(2));
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : null;
}
