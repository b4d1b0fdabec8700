using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>How many proofs of clients may be wrong, and how many are checked at the same time.</summary>
internal sealed class GuessLimitsTests
{
    private const string Address = "192.0.2.1";

    // 16 for each computation that may run, and a quarter of them for clients that do not exist.
    private const int Checks = 32;
    private const int ChecksOfNobody = 8;

    private TestClock clock = null!;
    private RequestLimits limits = null!;
    private ReachedLimits reached = null!;

    [SetUp]
    public void Two_computations_and_one_wrong_proof_in_a_minute()
    {
        clock = new();
        limits = new(
            new ServerSettings(Given.Options(o => (o.Limits.FailedAuthenticationsPerMinute, o.Limits.BcryptConcurrency) = (1, 2))),
            clock
        );
        reached = new();
    }

    [TearDown]
    public void Hear_no_more() => reached.Dispose();

    [Test]
    public void A_wrong_guess_keeps_its_place_for_this_client_and_address_and_minute()
    {
        using (var guess = limits.TryGuess("app", Address, isSlow: false).Value)
            guess.WasWrong();

        limits.TryGuess("app", Address, isSlow: false).Error.ShouldBe(OAuthError.TooManyRequests);
        reached.ShouldBe("failed_authentications", 1);
        limits.TryGuess("other", Address, isSlow: false).Error.Should().BeNull();
        limits.TryGuess("app", "192.0.2.2", isSlow: false).Error.Should().BeNull();
        clock.Advance(TimeSpan.FromMinutes(1));
        limits.TryGuess("app", Address, isSlow: false).Error.Should().BeNull();
    }

    [Test]
    public void So_many_slow_checks_run_at_once_for_all_clients_and_the_rest_is_refused_and_measured()
    {
        var running = SlowOnes(Checks);
        running.Should().NotContainNulls();

        limits.TryGuess("late", Address, isSlow: true).Error.ShouldBe(OAuthError.TooManyChecks);
        reached.ShouldBe("secret_checks", 1);

        running[0]!.Dispose();
        using var late = limits.TryGuess("late", Address, isSlow: true).Value;
        limits.TryGuess("later", Address, isSlow: true).Error.ShouldBe(OAuthError.TooManyChecks);
    }

    [Test]
    public void A_check_that_computes_nothing_takes_no_place_among_the_slow_ones_and_frees_none()
    {
        SlowOnes(Checks).Should().NotContainNulls();

        limits.TryGuess("fast", Address, isSlow: false).Value.Dispose();

        limits.TryGuess("late", Address, isSlow: true).Error.ShouldBe(OAuthError.TooManyChecks);
    }

    [Test]
    public void Checks_that_are_done_leave_all_places_free()
    {
        for (var round = 0; round < 3; round++)
        {
            var running = SlowOnes(Checks);
            running.Should().NotContainNulls();
            foreach (var guess in running)
                guess!.Dispose();
        }

        reached.ShouldBeNone();
    }

    [Test]
    public void A_quarter_of_the_checks_may_be_for_nobody_and_the_rest_is_left_out_without_a_measurement()
    {
        for (var round = 0; round < 3; round++)
        {
            var running = AtNobody(ChecksOfNobody);
            AtNobody(100, from: 100).Should().OnlyContain(guess => guess == null);
            running.AddRange(SlowOnes(Checks - ChecksOfNobody));
            running.Should().NotContainNulls("the other three quarters are for clients");
            foreach (var guess in running)
                guess!.Dispose();
        }

        AtNobody(ChecksOfNobody, from: 100).Should().NotContainNulls("who was left out took no place of its address");
        reached.ShouldBeNone();
    }

    [Test]
    public void While_clients_need_the_checks_none_is_for_nobody()
    {
        SlowOnes(ChecksOfNobody).Should().NotContainNulls();

        limits.TryGuessAtNobody(Address).Should().BeNull();
    }

    [Test]
    public void An_address_has_its_number_of_checks_for_nobody_and_no_limit_counts_as_reached()
    {
        using (var guess = limits.TryGuessAtNobody(Address)!)
            guess.WasWrong();

        limits.TryGuessAtNobody(Address).Should().BeNull();
        limits.TryGuessAtNobody("192.0.2.2").Should().NotBeNull();
        limits.TryGuess("app", Address, isSlow: false).Error.Should().BeNull("a client is not nobody");
        reached.ShouldBeNone();
    }

    private List<RequestLimits.Guess?> SlowOnes(int number) =>
        [
            .. Enumerable
                .Range(0, number)
                .Select(n => limits.TryGuess($"app {n}", Address, isSlow: true).Failed(out _, out var guess) ? null : guess),
        ];

    private List<RequestLimits.Guess?> AtNobody(int number, int from = 0) =>
        [.. Enumerable.Range(from, number).Select(n => limits.TryGuessAtNobody($"2001db80000000{n:x2}"))];
}
