using System.Diagnostics.Metrics;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

internal sealed class ClientSecretsTests
{
    private const string Brought = "s%c+r t&£€";

    private TestClock clock = null!;
    private ClientSecrets secrets = null!;

    [SetUp]
    public void A_process_that_has_verified_nothing()
    {
        clock = new();
        secrets = new(new ServerSettings(Given.Options(o => o.Limits.BcryptConcurrency = 1)), clock, NullLogger<ClientSecrets>.Instance);
    }

    [TearDown]
    public void End() => secrets.Dispose();

    [Test]
    [Rfc("6749-10.10-1"), Rfc("6749-2.2-3"), Rfc("7591-3.2.1-2")]
    public void A_generated_secret_is_256_random_bits_in_the_documented_form()
    {
        var generated = Enumerable.Range(0, 50).Select(_ => ClientSecrets.Generate()).ToList();

        generated.Should().OnlyContain(g => System.Text.RegularExpressions.Regex.IsMatch(g.Secret, "^hqs_[A-Za-z0-9_-]{49}$"));
        generated.Should().OnlyContain(g => ClientSecrets.Fits(g.Secret) && g.Kept.Generated && ClientSecrets.IsUsableHash(g.Kept.Hash));
        generated.Select(g => g.Secret).Should().OnlyHaveUniqueItems();
        generated.Should().OnlyContain(g => !g.Kept.Hash.Contains(g.Secret));
    }

    [Test]
    public async Task Garbage_for_a_generated_secret_costs_no_bcrypt()
    {
        var (secret, kept) = ClientSecrets.Generate();
        var client = With(kept);

        foreach (var garbage in Garbled.ByOneCharacter(secret).Concat(Garbled.ByLength(secret)).Append("password").Append(""))
            (await secrets.VerifyAsync(client, garbage, default)).Should().BeFalse();

        secrets.Computations.Should().Be(0);
        (await secrets.VerifyAsync(client, secret, default)).Should().BeTrue();
        (await secrets.VerifyAsync(client, ClientSecrets.Generate().Secret, default)).Should().BeFalse();
        secrets.Computations.Should().Be(2);
    }

    [Test]
    public async Task Each_computation_is_measured()
    {
        using var meters = new MeterListener();
        var measured = 0L;
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument == HqOAuth2Telemetry.BcryptComputations)
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((_, number, _, _) => Interlocked.Add(ref measured, number));
        meters.Start();

        (await secrets.VerifyAsync(With(ClientSecrets.Keep(Brought, 4)), Brought, default)).Should().BeTrue();

        // Other tests may compute at the same time.
        measured.Should().BePositive();
    }

    [Test]
    public async Task A_verified_secret_is_not_computed_again_even_by_many_at_once()
    {
        // Dear enough that everybody is there before the first is done.
        var client = With(ClientSecrets.Keep(Brought, 9));

        var answers = await Racers.AtOnceAsync(30, _ => secrets.VerifyAsync(client, Brought, default).AsTask());

        answers.Should().OnlyContain(right => right);
        secrets.Computations.Should().Be(1);
    }

    [Test]
    public async Task As_many_computations_run_at_once_as_the_limit_says()
    {
        using var two = new ClientSecrets(
            new ServerSettings(Given.Options(o => o.Limits.BcryptConcurrency = 2)),
            clock,
            NullLogger<ClientSecrets>.Instance
        );
        var client = With(ClientSecrets.Keep(Brought, 9));

        await Racers.AtOnceAsync(30, _ => two.VerifyAsync(client, Brought, default).AsTask());

        // Both may have begun before the first was done; nobody who waited computes.
        two.Computations.Should().BeInRange(1, 2);
    }

    [Test]
    public async Task The_cache_holds_one_secret_of_one_client_and_one_hash()
    {
        var kept = ClientSecrets.Keep(Brought, 4);
        await secrets.VerifyAsync(With(kept), Brought, default);

        (await secrets.VerifyAsync(With(kept), Brought + "x", default)).Should().BeFalse();
        (await secrets.VerifyAsync(With(ClientSecrets.Keep("another", 4)), Brought, default)).Should().BeFalse();
        (await secrets.VerifyAsync(With(kept) with { ClientId = "other" }, Brought, default)).Should().BeTrue();
        secrets.Computations.Should().Be(4);
    }

    [Test]
    public async Task A_secret_is_remembered_for_an_hour_after_its_last_right_use()
    {
        var client = With(ClientSecrets.Keep(Brought, 4));
        await secrets.VerifyAsync(client, Brought, default);

        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(59));
            (await secrets.VerifyAsync(client, Brought, default)).Should().BeTrue();
            clock.Advance(TimeSpan.FromMinutes(59));
            (await secrets.IsKnownAsync(client, Brought, default)).Should().BeTrue();
        }

        secrets.Computations.Should().Be(1);
        clock.Advance(TimeSpan.FromMinutes(60));
        (await secrets.IsKnownAsync(client, Brought, default)).Should().BeFalse();
        await secrets.VerifyAsync(client, Brought, default);
        secrets.Computations.Should().Be(2);
    }

    [Test]
    public async Task One_check_computes_no_more_than_five_secrets_and_a_longer_list_is_logged()
    {
        var log = new RecordingLogger<ClientSecrets>();
        using var logged = new ClientSecrets(new ServerSettings(Given.Options()), clock, log);
        var kept = Enumerable.Range(0, 7).Select(i => ClientSecrets.Keep("secret" + i, 4)).ToArray();

        (await logged.VerifyAsync(With(kept), "wrong", default)).Should().BeFalse();
        logged.Computations.Should().Be(5);
        log.Lines.Should().ContainSingle(l => l.StartsWith("Warning") && l.Contains("app") && l.Contains("7 live secrets"));
        (await logged.VerifyAsync(With(kept), "secret4", default)).Should().BeTrue();
        (await logged.VerifyAsync(With(kept[..3]), "wrong", default)).Should().BeFalse();
        log.Lines.Should().HaveCount(2);
    }

    [Test]
    public async Task A_caller_that_disconnects_leaves_the_queue_and_gives_no_result_to_others()
    {
        // The only place is taken by a computation that goes on while the others come.
        var first = Task.Run(() => secrets.VerifyAsync(With(ClientSecrets.Keep("another", 12)), "another", default).AsTask());
        while (secrets.Computations == 0)
            await Task.Yield();
        using var connection = new CancellationTokenSource();
        var client = With(ClientSecrets.Keep(Brought, 4));
        var leaving = secrets.VerifyAsync(client, Brought, connection.Token).AsTask();
        var following = secrets.IsKnownAsync(client, Brought, default).AsTask();
        following.IsCompleted.Should().BeFalse("the same secret is about to be checked");

        await connection.CancelAsync();

        await leaving.Invoking(l => l).Should().ThrowAsync<OperationCanceledException>();
        (await following).Should().BeFalse("it is not known, and is checked again");
        (await first).Should().BeTrue();
        (await secrets.VerifyAsync(client, Brought, default)).Should().BeTrue();
        secrets.Computations.Should().Be(2);
    }

    [Test]
    public async Task For_a_client_that_does_not_exist_one_hash_is_computed_and_nothing_is_right()
    {
        (await secrets.VerifyForNobodyAsync(Brought, default)).Should().BeFalse();
        secrets.Computations.Should().Be(1);
    }

    [Test]
    public async Task The_hash_of_another_server_is_replaced_when_a_place_is_free()
    {
        var client = With(new ClientSecret { Hash = ForeignHashTests.Pbkdf2(Brought) });
        await secrets.VerifyAsync(client, Brought, default);
        var first = Task.Run(() => secrets.VerifyAsync(With(ClientSecrets.Keep("another", 12)), "another", default).AsTask());
        while (secrets.Computations == 1)
            await Task.Yield();

        var replacing = secrets.ReplaceForeignAsync(client, Brought, (_, rehashAsync) => rehashAsync());

        secrets.Computations.Should().Be(2, "the only place is taken");
        await Task.WhenAll(first, replacing);
        secrets.Computations.Should().Be(3);
    }

    [Test, Rfc("7591-3.2.1-3")]
    public async Task A_secret_that_expired_is_wrong_although_it_was_remembered()
    {
        var client = With(ClientSecrets.Keep(Brought, 4).EndingAt(TestClock.Start.AddMinutes(1)));
        (await secrets.VerifyAsync(client, Brought, default)).Should().BeTrue();

        clock.Advance(TimeSpan.FromSeconds(59));
        (await secrets.VerifyAsync(client, Brought, default)).Should().BeTrue();
        clock.Advance(TimeSpan.FromSeconds(1));
        (await secrets.VerifyAsync(client, Brought, default)).Should().BeFalse();
        secrets.Computations.Should().Be(1);
    }

    [Test]
    public async Task While_one_secret_replaces_another_both_work()
    {
        var (generated, kept) = ClientSecrets.Generate();
        var client = With(kept, ClientSecrets.Keep(Brought, 4));

        (await secrets.VerifyAsync(client, generated, default)).Should().BeTrue();
        (await secrets.VerifyAsync(client, Brought, default)).Should().BeTrue();
        (await secrets.VerifyAsync(With(), Brought, default)).Should().BeFalse();
    }

    [TestCase("x")]
    [TestCase(" ")]
    [TestCase(Brought)]
    [TestCase("p:q")]
    [TestCase("7Fjfp0ZBr1KtDRbnfVdmIw")]
    [TestCase("hqs_not-one-of-ours")]
    [TestCase("€€€€€€€€€€€€€€€€€€€€€€€€")]
    public async Task A_host_may_bring_a_secret_of_any_form(string secret)
    {
        var client = With(ClientSecrets.Keep(secret, 4));

        (await secrets.VerifyAsync(client, secret, default)).Should().BeTrue();
        (await secrets.VerifyAsync(client, secret + "x", default)).Should().BeFalse();
        (await secrets.VerifyAsync(client, secret + "\0", default)).Should().BeFalse();
    }

    [Test, Rfc("6749-10.10-1")]
    public async Task Bytes_that_bcrypt_does_not_read_are_never_ignored()
    {
        var longest = new string('a', 72);
        var client = With(ClientSecrets.Keep(longest, 4));

        (await secrets.VerifyAsync(client, longest + "X", default)).Should().BeFalse();
        secrets.Computations.Should().Be(0);
        (await secrets.VerifyAsync(client, longest[1..], default)).Should().BeFalse();
        (await secrets.VerifyAsync(client, longest, default)).Should().BeTrue();
        longest.Invoking(s => ClientSecrets.Keep(s + "X", 4)).Should().Throw<ArgumentException>().Which.Message.Should().NotContain("aaa");
        "".Invoking(s => ClientSecrets.Keep(s, 4)).Should().Throw<ArgumentException>();
        // 25 characters of three bytes each.
        new string('€', 25)
            .Invoking(s => ClientSecrets.Keep(s, 4))
            .Should()
            .Throw<ArgumentException>();
    }

    [TestCase("")]
    [TestCase("junk")]
    [TestCase("$2a$31$")]
    [TestCase("$2a$31$abcdefghijklmnopqrstuuPWYVnJ5Hhz5lTvUCvHMtLwjbRR7BrWe")]
    [TestCase("$2a$15$abcdefghijklmnopqrstuuPWYVnJ5Hhz5lTvUCvHMtLwjbRR7BrWe")]
    [TestCase("$2a$03$abcdefghijklmnopqrstuuPWYVnJ5Hhz5lTvUCvHMtLwjbRR7BrWe")]
    [TestCase("$2a$ 4$abcdefghijklmnopqrstuuPWYVnJ5Hhz5lTvUCvHMtLwjbRR7BrWe")]
    [TestCase("$1a$04$abcdefghijklmnopqrstuuPWYVnJ5Hhz5lTvUCvHMtLwjbRR7BrWe")]
    [TestCase("$2a$04$abcdefghijklmnopqrstuuPWYVnJ5Hhz5lTvUCvHMtLwjbRR7BrW")]
    [TestCase("$2a$04$abcdefghijklmnopqrstuuPWYVnJ5Hhz5lTvUCvHMtLwjbRR7Br!e")]
    public async Task A_hash_that_is_malformed_or_too_dear_counts_as_wrong_and_is_not_computed(string hash)
    {
        ClientSecrets.IsUsableHash(hash).Should().BeFalse();
        (await secrets.VerifyAsync(With(new ClientSecret { Hash = hash }), "anything", default)).Should().BeFalse();
        secrets.Computations.Should().Be(0);
    }

    [TestCase("$2a")]
    [TestCase("$2b")]
    [TestCase("$2x")]
    [TestCase("$2y")]
    public async Task Every_revision_of_bcrypt_is_answered_and_never_thrown_at(string revision)
    {
        var hash = revision + ClientSecrets.Keep("secret", 4).Hash[3..];

        ClientSecrets.IsUsableHash(hash).Should().BeTrue();
        (await secrets.VerifyAsync(With(new ClientSecret { Hash = hash }), "wrong", default)).Should().BeFalse();
    }

    [Test]
    public void A_hash_of_each_accepted_work_factor_is_usable()
    {
        var hash = ClientSecrets.Keep("secret", 4).Hash;
        foreach (var factor in new[] { "04", "10", "14" })
            ClientSecrets.IsUsableHash($"{hash[..4]}{factor}{hash[6..]}").Should().BeTrue(factor);
        ClientSecrets.IsUsableHash($"{hash[..4]}15{hash[6..]}").Should().BeFalse();
    }

    [Test]
    public void A_hash_can_verify_if_it_is_bcrypt_or_of_another_server()
    {
        ClientSecrets.CanVerify(ClientSecrets.Keep("secret", 4).Hash).Should().BeTrue();
        ClientSecrets.CanVerify(ForeignHashTests.Pbkdf2("secret")).Should().BeTrue();
        ClientSecrets.CanVerify("junk").Should().BeFalse();
    }

    [Test]
    public async Task The_secret_of_another_server_may_be_longer_than_bcrypt_reads()
    {
        var long100 = new string('s', 100);
        var client = With(new ClientSecret { Hash = ForeignHashTests.Pbkdf2(long100) });

        (await secrets.VerifyAsync(client, long100, default)).Should().BeTrue();
        (await secrets.VerifyAsync(client, long100[..99], default)).Should().BeFalse();
        (await secrets.VerifyAsync(client, new string('s', 257), default)).Should().BeFalse();
        (await secrets.VerifyAsync(client, "", default)).Should().BeFalse();
        secrets.Computations.Should().Be(2);
    }

    [Test]
    public async Task The_log_names_a_hash_that_cannot_be_used_and_no_list_of_five()
    {
        var log = new RecordingLogger<ClientSecrets>();
        using var logged = new ClientSecrets(new ServerSettings(Given.Options()), clock, log);
        var usable = ClientSecrets.Keep(Brought, 4);

        await logged.VerifyAsync(With(usable, usable, usable, usable, usable), "wrong", default);
        log.Lines.Should().BeEmpty();
        await logged.VerifyAsync(With(usable, new ClientSecret { Hash = "junk" }), "wrong", default);
        log.Lines.Should().ContainSingle().Which.Should().Contain("app");
    }

    private static Client With(params ClientSecret[] kept) => Given.Client(type: ClientType.Confidential) with { Secrets = kept };
}
