using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Devices and users at several nodes at once, and stores that are away: an answer counts once, and nothing is spent by a failure.</summary>
internal sealed class DeviceRaceTests
{
    private const int Pollers = 50;

    private readonly FailingAuthorizationStore rows = new();
    private readonly FailingTickets tickets = new();
    private readonly IDataProtectionProvider protection = new EphemeralDataProtectionProvider();
    private TestApp[] nodes = [];

    [SetUp]
    public async Task StartAsync() => nodes = [await NodeAsync(), await NodeAsync(), await NodeAsync()];

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Test, Rfc("8628-3.5-5")]
    public async Task Fifty_pollers_at_one_node_get_one_token_set_that_works()
    {
        for (var round = 0; round < 5; round++)
        {
            var device = await nodes[0].DeviceAsync();
            (await nodes[0].NewUser().AnswerAsync(device)).Status.Should().Be(200);

            var answers = await AtOnceAsync(_ => nodes[0].PollNowAsync(device));

            var winner = answers.Where(a => a.Status == 200).Should().ContainSingle().Subject;
            foreach (var loser in answers.Where(a => a != winner))
                loser.ShouldBeError("slow_down");
            (await nodes[0].IsActiveAsync(winner.AccessToken())).Should().BeTrue();
        }
    }

    [Test, Rfc("8628-3.5-5")]
    public async Task Fifty_pollers_at_three_nodes_get_one_token_set()
    {
        for (var round = 0; round < 5; round++)
        {
            var device = await nodes[0].DeviceAsync();
            (await nodes[1].NewUser().AnswerAsync(device)).Status.Should().Be(200);

            var answers = await AtOnceAsync(i => nodes[i % nodes.Length].PollNowAsync(device));

            answers.Should().ContainSingle(a => a.Status == 200);
            answers
                .Where(a => a.Status != 200)
                .Select(a => a.Text("error"))
                .Should()
                .OnlyContain(e => e == "slow_down" || e == "invalid_grant");
        }
    }

    [Test]
    public async Task A_form_that_is_posted_fifty_times_at_three_nodes_is_one_answer()
    {
        var device = await nodes[0].DeviceAsync();
        var browser = nodes[0].NewBrowser("erin");
        var page = await browser.GetAsync(device.Page);

        var answers = await AtOnceAsync(i => browser.At(nodes[i % nodes.Length]).PressOnDeviceAsync(page, "approve"));

        answers.Select(a => a.Heading()).Distinct().Should().Equal("Go back to your device");
        (await nodes[0].RowsAsync("erin")).Should().ContainSingle();
        (await nodes[2].PollNowAsync(device)).Status.Should().Be(200);
    }

    [Test]
    public async Task Of_two_tabs_with_different_answers_one_counts([Values] bool sameUser)
    {
        for (var round = 0; round < 10; round++)
        {
            var device = await nodes[0].DeviceAsync();
            var one = nodes[0].NewBrowser("frank" + round);
            var two = sameUser ? one : nodes[0].NewBrowser("grace" + round);
            var (first, second) = (await one.GetAsync(device.Page), await two.GetAsync(device.Page));

            var answers = await Task.WhenAll(
                Task.Run(() => one.At(nodes[1]).PressOnDeviceAsync(first, "approve")),
                Task.Run(() => two.At(nodes[2]).PressOnDeviceAsync(second, sameUser ? "deny" : "approve"))
            );

            answers.Should().ContainSingle(a => a.Status == 200).And.ContainSingle(a => a.Body.Contains("HQ1079"));
            var poll = await nodes[0].PollNowAsync(device);
            if (sameUser && answers[1].Status == 200)
                poll.ShouldBeError("access_denied");
            else
                (await nodes[0].GetAsync("/api/read", poll.AccessToken()))
                    .Body.Should()
                    .Be(answers[0].Status == 200 ? "frank" + round : "grace" + round);
        }
    }

    [Test]
    public async Task A_ticket_store_that_is_away_is_503_and_nothing_is_spent()
    {
        var device = await nodes[0].DeviceAsync();
        var browser = nodes[0].NewUser();
        var page = await browser.GetAsync(device.Page);

        tickets.IsAway = true;
        (await nodes[0].AskAsync()).ShouldBeError("temporarily_unavailable", 503);
        (await nodes[0].PollNowAsync(device)).ShouldBeError("temporarily_unavailable", 503);
        (await browser.GetAsync(device.Page)).ShouldBeErrorPage(503);
        (await browser.PressOnDeviceAsync(page, "approve")).ShouldBeErrorPage(503);
        tickets.IsAway = false;

        (await nodes[0].PollNowAsync(device)).ShouldBeError("authorization_pending");
        (await browser.PressOnDeviceAsync(page, "approve")).Status.Should().Be(200);
        (await nodes[0].PollAsync(device)).Status.Should().Be(200);
    }

    [TestCase("add")]
    [TestCase("find")]
    [TestCase("update")]
    public async Task A_store_of_authorizations_that_is_away_is_503_and_nothing_is_spent(string operation)
    {
        var device = await nodes[0].DeviceAsync();
        var browser = nodes[0].NewUser();
        var page = await browser.GetAsync(device.Page);

        (rows.Failure, rows.Only) = (new TimeoutException(), operation);
        var posted = await browser.PressOnDeviceAsync(page, "approve");
        if (operation == "add")
        {
            posted.ShouldBeErrorPage(503);
            // The answer is known, the authorization is not there yet.
            (rows.Failure, rows.Only) = (null, null);
            (await nodes[0].PollNowAsync(device)).ShouldBeError("authorization_pending");
            (await browser.PressOnDeviceAsync(page, "deny")).Body.Should().Contain("HQ1079");
            (await browser.PressOnDeviceAsync(page, "approve")).Status.Should().Be(200);
        }
        else
        {
            posted.Status.Should().Be(200, posted.Body);
            // Another node than the one that wrote the row has to read it.
            (await nodes[1].PollNowAsync(device)).ShouldBeError("temporarily_unavailable", 503);
            (rows.Failure, rows.Only) = (null, null);
        }

        (await nodes[1].PollAsync(device)).Status.Should().Be(200);
    }

    [Test]
    public async Task A_commit_whose_answer_is_lost_is_answered_by_the_next_post()
    {
        var device = await nodes[0].DeviceAsync();
        var browser = nodes[0].NewUser();
        var page = await browser.GetAsync(device.Page);

        tickets.LosesTheNextAnswer = true;
        (await browser.PressOnDeviceAsync(page, "approve")).ShouldBeErrorPage(503);
        (await browser.PressOnDeviceAsync(page, "approve")).Status.Should().Be(200);
        (await nodes[0].PollNowAsync(device)).Status.Should().Be(200);
    }

    private Task<TestApp> NodeAsync() =>
        TestApp.StartAsync(
            DeviceSupport.Options,
            s =>
            {
                s.Services.AddSingleton<IAuthorizationStore>(rows);
                s.Services.AddSingleton<ITicketStore>(tickets);
                s.Services.AddSingleton(protection);
            },
            inMemory: true
        );

    private static Task<Answer[]> AtOnceAsync(Func<int, Task<Answer>> request) =>
        Task.WhenAll(Enumerable.Range(0, Pollers).Select(i => Task.Run(() => request(i))));

    /// <summary>Tickets that all nodes share, and that cannot be reached while a test says so.</summary>
    private sealed class FailingTickets : ITicketStore
    {
        private readonly InMemoryTicketStore inner = new(new TestClock());

        public bool IsAway { get; set; }

        public bool LosesTheNextAnswer { get; set; }

        public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
            Reached().TryAddAsync(key, value, until, ct);

        // Everybody reads before anybody goes on, as with a database.
        public async ValueTask<string?> FindAsync(string key, CancellationToken ct)
        {
            var found = await Reached().FindAsync(key, ct);
            for (var i = 0; i < 20; i++)
                await Task.Yield();
            return found;
        }

        public async ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct)
        {
            var done = await Reached().TryReplaceAsync(key, expected, value, ct);
            if (!LosesTheNextAnswer)
                return done;
            LosesTheNextAnswer = false;
            throw new IOException("The connection broke after the commit.");
        }

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => Reached().TryRemoveAsync(key, ct);

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => Reached().RemoveExpiredAsync(limit, ct);

        private InMemoryTicketStore Reached() => IsAway ? throw new TimeoutException("secret-detail") : inner;
    }
}
