using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2.Tests;

/// <summary>Registrations that come while the stored clients are counted, by a store that fails or does not answer.</summary>
internal sealed class RegistrationCeilingTests
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    private TestClock clock = null!;
    private ScriptedClientRegistry registry = null!;
    private RegistrationCeiling ceiling = null!;

    [SetUp]
    public void Start()
    {
        (clock, registry) = (new(), new());
        ceiling = new(new ServerSettings(Given.Options()), clock, NullLogger<RegistrationCeiling>.Instance);
    }

    [TearDown]
    public void Stop() => ceiling.Dispose();

    [Test]
    public async Task A_count_that_fails_fails_for_all_who_waited_for_it_and_the_next_one_works()
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        registry.CountAnswers.Enqueue(_ => answer.Task);
        var callers = Enumerable.Range(0, 20).Select(_ => TakeAsync()).ToList();
        callers.Should().OnlyContain(c => !c.IsCompleted);
        var failure = new IOException("the store is away");

        answer.SetException(failure);

        foreach (var caller in callers)
        {
            var take = () => caller.WaitAsync(patience);
            (await take.Should().ThrowAsync<IOException>()).Which.Should().BeSameAs(failure);
        }

        registry.Counts.Should().Be(1, "a store that is away is asked once");
        (await TakeAsync()).Should().BeTrue();
        (await TakeAsync()).Should().BeTrue();
        registry.Counts.Should().Be(2, "and its answer is used again");
    }

    [Test]
    public async Task A_second_failure_is_told_to_those_who_came_after_the_first()
    {
        var (first, second) = (new IOException("first"), new IOException("second"));
        registry.CountAnswers.Enqueue(_ => Task.FromException<int>(first));
        registry.CountAnswers.Enqueue(_ => Task.FromException<int>(second));

        foreach (var expected in new[] { first, second })
        {
            var take = () => TakeAsync().WaitAsync(patience);
            (await take.Should().ThrowAsync<IOException>()).Which.Should().BeSameAs(expected);
        }

        registry.Counts.Should().Be(2);
    }

    [Test]
    public async Task Waiters_for_a_count_that_hangs_are_released_when_it_times_out_and_the_next_one_counts()
    {
        registry.CountAnswers.Enqueue(async ct =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return 0;
        });
        using CancellationTokenSource counting = new(),
            waiting = new();
        var counter = TakeAsync(counting.Token);
        var impatient = TakeAsync(waiting.Token);
        var patient = TakeAsync();

        await waiting.CancelAsync();
        var give = () => impatient.WaitAsync(patience);
        await give.Should().ThrowAsync<OperationCanceledException>();
        (counter.IsCompleted, patient.IsCompleted).Should().Be((false, false), "the count still hangs");

        await counting.CancelAsync();
        give = () => counter.WaitAsync(patience);
        await give.Should().ThrowAsync<OperationCanceledException>();
        (await patient.WaitAsync(patience)).Should().BeTrue("that a caller went away is no failure of the count");
        registry.Counts.Should().Be(2);
    }

    private Task<bool> TakeAsync(CancellationToken ct = default) => ceiling.TryTakeAsync(registry, ct).AsTask();
}
