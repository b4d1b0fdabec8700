using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>One pushed request, many browsers at three nodes, and stores that are away: one code, and nothing is issued by a failure.</summary>
internal sealed class PushedRaceTests
{
    private const int Browsers = 50;

    private readonly KeptTickets tickets = new();
    private readonly FailingAuthorizationStore rows = new();
    private readonly IDataProtectionProvider protection = new EphemeralDataProtectionProvider();
    private TestApp[] nodes = [];

    [SetUp]
    public async Task StartAsync()
    {
        (tickets.Failure, tickets.Only) = (null, null);
        nodes = [await NodeAsync(), await NodeAsync(), await NodeAsync()];
    }

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Test, Rfc("9126-4-2")]
    public async Task Of_fifty_browsers_with_a_remembered_consent_one_gets_a_code()
    {
        var user = nodes[0].NewUser();
        (await user.ApproveAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull();
        for (var round = 0; round < 5; round++)
        {
            var url = (await nodes[0].PushAsync("web")).AuthorizeUrl("web");

            var answers = await AtOnceAsync(async i =>
            {
                var at = user.At(nodes[i % nodes.Length]);
                var answer = await at.GetAsync(url);
                return answer.Status == 302 ? await at.GetAsync(answer.Location!) : answer;
            });

            answers.Should().ContainSingle(a => a.LocationParameter("code") != null);
            foreach (var loser in answers.Where(a => a.LocationParameter("code") is null))
            {
                loser.ShouldBeErrorPage();
                loser.Body.Should().Contain("HQ1092");
            }
        }
    }

    [Test, Rfc("9126-4-2")]
    public async Task Of_fifty_forms_that_are_posted_at_once_one_gives_a_code()
    {
        var url = (await nodes[0].GetAsync((await nodes[0].PushAsync("spa")).AuthorizeUrl("spa"))).Location!;
        var users = Enumerable.Range(0, Browsers).Select(i => nodes[i % nodes.Length].NewUser()).ToList();
        var pages = await Task.WhenAll(users.Select(u => u.GetAsync(url)));

        var answers = await AtOnceAsync(i => users[i].PressAsync(pages[i], "approve"));

        answers.Should().ContainSingle(a => a.LocationParameter("code") != null);
        answers.Where(a => a.LocationParameter("code") is null).Should().AllSatisfy(a => a.ShouldBeErrorPage());
    }

    [Test]
    public async Task A_ticket_store_that_is_away_is_503_and_nothing_is_issued()
    {
        var pushed = await nodes[0].PushAsync("spa");
        var user = nodes[0].NewBrowser("unlucky");
        var page = await user.GetAsync((await user.GetAsync(pushed.AuthorizeUrl("spa"))).Location!);

        tickets.Failure = new TimeoutException("secret-detail");
        (await nodes[0].PushAsync("spa")).ShouldBeError("temporarily_unavailable", 503);
        (await user.GetAsync(pushed.AuthorizeUrl("spa"))).ShouldBeErrorPage(503);
        tickets.Only = "pushed-used:";
        var posted = await user.PressAsync(page, "approve");
        posted.LocationParameter("code").Should().BeNull();
        (await nodes[0].RowsAsync("unlucky")).Should().BeEmpty();
        tickets.Failure = null;

        (await user.PressAsync(page, "approve")).LocationParameter("code").Should().NotBeNull("nothing was spent");
    }

    [Test]
    public async Task A_row_that_cannot_be_written_leaves_the_same_form_good()
    {
        var user = nodes[0].NewUser();
        var page = await user.GetAsync((await user.GetAsync((await nodes[0].PushAsync("spa")).AuthorizeUrl("spa"))).Location!);

        (rows.Failure, rows.Only) = (new TimeoutException(), "add");
        (await user.PressAsync(page, "approve")).LocationParameter("code").Should().BeNull();
        (rows.Failure, rows.Only) = (null, null);

        (await user.At(nodes[1]).PressAsync(page, "approve")).LocationParameter("code").Should().NotBeNull();
    }

    private Task<TestApp> NodeAsync() =>
        TestApp.StartAsync(
            o => o.Limits.PushedRequestsPerMinute = 0,
            s =>
            {
                s.Services.AddSingleton<IAuthorizationStore>(rows);
                s.Services.AddSingleton<ITicketStore>(tickets);
                s.Services.AddSingleton(protection);
            },
            inMemory: true
        );

    private static Task<Answer[]> AtOnceAsync(Func<int, Task<Answer>> request) =>
        Task.WhenAll(Enumerable.Range(0, Browsers).Select(i => Task.Run(() => request(i))));
}
