using System.Collections.Concurrent;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// Three hosts on one database, each with its own caches and keys: what a user changed at one node holds at all, and a device gets its tokens
/// once. The database is that of HQ_TEST_STORE, or a file of SQLite.
/// </summary>
internal sealed class NodesTests
{
    private const int AtOnce = 50;
    private const int Rounds = 3;

    private TestDatabase database = null!;
    private TestApp[] nodes = [];

    [SetUp]
    public async Task StartAsync()
    {
        database = await TestDatabase.OfThisRunAsync() ?? TestDatabase.Sqlite();
        // One after the other: the first one makes the tables.
        nodes = [await NodeAsync(), await NodeAsync(), await NodeAsync()];
    }

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        await database.DisposeAsync();
    }

    [Test]
    public async Task Fifty_refreshes_at_three_nodes_never_return_the_old_scope_once_a_narrowing_was_answered()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var user = new ConnectedAppsApiTests.Session(nodes[round], "narrow" + round);
            var first = await user.TokensAsync("web");
            var id = (await user.IdsAsync()).Single();
            var answered = new TaskCompletionSource();
            var found = new ConcurrentBag<(bool BegunAfter, Answer Answer)>();

            var refreshes = Enumerable.Range(0, AtOnce).Select(i => Task.Run(() => RefreshAsync(i))).ToList();
            while (found.Count < AtOnce / 5)
                await Task.Yield();
            (await user.PatchAsync(id, new { scope = new[] { "read" } })).Status.Should().Be(200);
            answered.SetResult();
            await Task.WhenAll(refreshes);

            found.Should().OnlyContain(f => f.Answer.Status == 200);
            found.Should().Contain(f => !f.BegunAfter && f.Answer.Text("scope") == "read write", "some came before it");
            found.Where(f => f.BegunAfter).Select(f => f.Answer.Text("scope")).Should().HaveCountGreaterThan(AtOnce).And.AllBe("read");
            foreach (var tokens in found.Select(f => f.Answer).Where(a => a.Text("scope") != "read").Take(5).Append(first))
            {
                foreach (var node in nodes)
                    (await WriteAsync(node, tokens)).Status.Should().Be(403, "no token that is out has the old scope");
            }

            // The same token again and again, within the leeway: each caller gets tokens. At least twice after the answer.
            async Task RefreshAsync(int caller)
            {
                for (var after = 0; after < 2; )
                {
                    var isAfter = answered.Task.IsCompleted;
                    var answer = await nodes[caller % nodes.Length].RefreshAsync("web", first.Text("refresh_token")!);
                    found.Add((isAfter, answer));
                    if (isAfter)
                        after++;
                }
            }
        }
    }

    [Test, Rfc("8628-3.5-5")]
    public async Task Fifty_pollers_at_three_nodes_get_one_token_set()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var device = await nodes[0].DeviceAsync();
            (await nodes[1].NewBrowser("device" + round).AnswerAsync(device)).Status.Should().Be(200);

            var answers = await Task.WhenAll(
                Enumerable.Range(0, AtOnce).Select(i => Task.Run(() => nodes[i % nodes.Length].PollNowAsync(device)))
            );

            answers.Should().ContainSingle(a => a.Status == 200);
            answers
                .Where(a => a.Status != 200)
                .Select(a => a.Text("error"))
                .Should()
                .OnlyContain(e => e == "slow_down" || e == "invalid_grant");
        }
    }

    private Task<TestApp> NodeAsync() => TestApp.StartAsync(DeviceSupport.Options, on: database);

    private static Task<Answer> WriteAsync(TestApp node, Answer tokens)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/write");
        request.Headers.Authorization = new("Bearer", tokens.Text("access_token"));
        return node.SendAsync(request);
    }
}
