using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What a login reads and allocates does not grow with the logins before it.</summary>
[NonParallelizable]
public sealed class GrowthTests
{
    [Test]
    public async Task A_remembered_login_and_a_consent_page_cost_as_much_after_ten_thousand_logins_as_after_one()
    {
        var counted = new RowsRead();
        await using var app = await TestApp.StartAsync(parts: p => Count(p.Services, counted), host: b => b.Logging.ClearProviders());
        var store = app.Services.GetRequiredService<IAuthorizationStore>();
        await app.TokensAsync("web");
        var row = (await store.ListAsync(new("alice", "web"), default)).Items.Single();
        var browser = app.NewBrowser();

        var first = await CostAsync();
        await AddAsync(1_000);
        var thousand = await CostAsync();
        await AddAsync(9_000);
        var tenThousand = await CostAsync();

        first.Remembered.Should().Be(1);
        (thousand.Remembered, tenThousand.Remembered).Should().Be((first.Remembered, first.Remembered));
        thousand.Page.Should().BeLessThanOrEqualTo(21, "a page looks at a few of the newest");
        tenThousand.Page.Should().Be(thousand.Page);
        tenThousand.Bytes.Should().BeLessThan(first.Bytes * 5 / 4);

        async Task<(int Remembered, int Page, long Bytes)> CostAsync()
        {
            var bytes = await AllocatedBytes.OfAsync(LoginAsync, times: 20);
            counted.Count = 0;
            await LoginAsync();
            var remembered = counted.Count;
            counted.Count = 0;
            (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", "consent")))).IsConsentPage().Should().BeTrue();
            return (remembered, counted.Count, bytes);
        }

        async Task LoginAsync() => (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull();

        async Task AddAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await store.AddAsync(row with { Id = Guid.CreateVersion7().ToString("N"), Version = 1 }, default);
        }
    }

    // Around the store of this run: in memory, SQLite or PostgreSQL.
    private static void Count(IServiceCollection services, RowsRead counted)
    {
        var store = services.Last(s => s.ServiceType == typeof(IAuthorizationStore));
        services.AddSingleton<IAuthorizationStore>(s => new CountingStore(
            (IAuthorizationStore)ActivatorUtilities.CreateInstance(s, store.ImplementationType!),
            counted
        ));
    }

    private sealed class RowsRead
    {
        public int Count { get; set; }
    }

    private sealed class CountingStore(IAuthorizationStore inner, RowsRead counted) : IAuthorizationStore
    {
        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(record, ct);

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct)
        {
            counted.Count++;
            return inner.FindAsync(id, ct);
        }

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => inner.TryUpdateAsync(next, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);

        public async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            var page = await inner.ListAsync(by, ct);
            counted.Count += page.Items.Count;
            return page;
        }

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            inner.RemoveExpiredAsync(now, limit, ct);
    }
}
