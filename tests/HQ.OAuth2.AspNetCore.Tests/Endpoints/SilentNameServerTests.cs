using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A name server that does not answer holds up nothing but the fetches that wait for it (draft-ietf-oauth-client-id-metadata-document §6.5).</summary>
internal sealed class SilentNameServerTests
{
    private TaskCompletionSource<IPAddress[]> answer = null!;
    private FiringClock fetchClock = null!;
    private SemaphoreSlim lookUpBegan = null!;
    private TestApp app = null!;
    private int lookUps;

    [SetUp]
    public async Task StartAsync()
    {
        (answer, fetchClock, lookUpBegan, lookUps) = (new(), new(), new(0), 0);
        app = await TestApp.StartAsync(
            o => o.ClientIdMetadataDocuments = true,
            host: builder =>
                builder.Services.AddSingleton(_ => new DocumentFetcher(DocumentTransport.Handler(allowLoopback: false, Silent), fetchClock))
        );
    }

    [TearDown]
    public async Task StopAsync()
    {
        answer.TrySetException(new HttpRequestException("the test is over"));
        await app.DisposeAsync();
        lookUpBegan.Dispose();
    }

    [Test]
    public async Task Strangers_cause_no_look_up_and_others_are_served()
    {
        var strangers = Enumerable.Range(0, 300).Select(i => app.NewBrowser(null).GetAsync(Url(i))).ToList();

        (await app.TokensAsync("spa")).Status.Should().Be(200);
        (await Task.WhenAll(strangers)).Should().OnlyContain(a => a.Status == 302 && a.Location!.StartsWith("/login"));
        lookUps.Should().Be(0);
    }

    [Test]
    public async Task Of_users_who_are_signed_in_eight_wait_and_all_others_are_refused_at_once()
    {
        var users = Enumerable.Range(0, 300).Select(i => app.NewBrowser($"user-{i % 40}").GetAsync(Url(i))).ToList();
        for (var i = 0; i < 8; i++)
            (await lookUpBegan.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue();
        var refused = await FirstAsync(users, 292);

        foreach (var answer in refused)
        {
            answer.ShouldBeErrorPage(503);
            answer.Body.Should().Contain("HQ1065");
            answer.Header("Retry-After").Should().Be("5");
        }

        (await app.TokensAsync("spa")).Status.Should().Be(200);
        lookUps.Should().Be(8);
    }

    [Test]
    public async Task A_fetch_that_was_given_up_counts_until_its_look_up_returns()
    {
        var users = Enumerable.Range(0, 8).Select(i => app.NewBrowser($"user-{i}").GetAsync(Url(i))).ToList();
        for (var i = 0; i < 8; i++)
            (await lookUpBegan.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue();
        fetchClock.FireAll();
        foreach (var given in await Task.WhenAll(users))
        {
            given.ShouldBeErrorPage(400);
            given.Body.Should().Contain("HQ1054");
        }

        (await app.NewUser().GetAsync(Url(8))).ShouldBeErrorPage(503);
        lookUps.Should().Be(8);

        answer.SetException(new HttpRequestException("no such host"));
        // Those who hold the slots are told on threads of their own.
        var next = await app.NewUser().GetAsync(Url(9));
        for (var i = 0; i < 1000 && next.Status == 503; i++)
            next = await app.NewUser().GetAsync(Url(9));
        next.ShouldBeErrorPage(400);
        lookUps.Should().Be(9);
    }

    [Test]
    public async Task The_systems_resolver_blocks_a_thread_of_its_own()
    {
        var isOfPool = true;
        using var handler = DocumentTransport.Handler(
            allowLoopback: false,
            (host, _) =>
                DocumentTransport.OnOneThreadAsync(
                    host,
                    _ =>
                    {
                        isOfPool = Thread.CurrentThread.IsThreadPoolThread;
                        return [IPAddress.Loopback];
                    }
                )
        );
        using var fetcher = new DocumentFetcher(handler, TimeProvider.System);

        (await fetcher.FetchAsync("https://app.example.com/c")).Error!.Reason.Should().Contain("not public");
        isOfPool.Should().BeFalse();
    }

    private static string Url(int i) => TestApp.AuthorizeUrl($"https://made-up-{i}.example.com/c");

    private static async Task<List<Answer>> FirstAsync(List<Task<Answer>> tasks, int count)
    {
        var done = new List<Answer>();
        await foreach (var task in Task.WhenEach(tasks))
        {
            done.Add(await task);
            if (done.Count == count)
                break;
        }

        return done;
    }

    /// <summary>Its timers fire when a test says so.</summary>
    private sealed class FiringClock : TimeProvider
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<Action> timers = new();

        public void FireAll()
        {
            while (timers.TryDequeue(out var fire))
                fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            timers.Enqueue(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    // Like the system's: it ignores that its caller has given up.
    private Task<IPAddress[]> Silent(string host, CancellationToken ct)
    {
        Interlocked.Increment(ref lookUps);
        lookUpBegan.Release();
        return answer.Task;
    }
}
