using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What a login reads does not grow with the logins before it.</summary>
public sealed class GrowthTests
{
    [Test]
    public async Task A_remembered_login_and_a_consent_page_read_as_many_rows_after_ten_thousand_logins_as_after_one()
    {
        await using var app = await TestApp.StartAsync(
            parts: p => p.AddAuthorizationStore<CountingStore>(ServiceLifetime.Singleton),
            inMemory: true
        );
        var store = (CountingStore)app.Services.GetRequiredService<IAuthorizationStore>();
        await app.TokensAsync("web");
        var row = (await store.ListAsync(new("alice", "web"), default)).Items.Single();
        var browser = app.NewBrowser();

        var first = await ReadAsync();
        await AddAsync(1_000);
        var thousand = await ReadAsync();
        await AddAsync(9_000);
        var tenThousand = await ReadAsync();

        first.Remembered.Should().Be(1);
        (thousand.Remembered, tenThousand.Remembered).Should().Be((first.Remembered, first.Remembered));
        thousand.Page.Should().BeLessThanOrEqualTo(21, "a page looks at a few of the newest");
        tenThousand.Page.Should().Be(thousand.Page);

        async Task<(int Remembered, int Page)> ReadAsync()
        {
            store.Read = 0;
            (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull();
            var remembered = store.Read;
            store.Read = 0;
            (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", "consent")))).IsConsentPage().Should().BeTrue();
            return (remembered, store.Read);
        }

        async Task AddAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await store.AddAsync(row with { Id = Guid.CreateVersion7().ToString("N"), Version = 1 }, default);
        }
    }

    private sealed class CountingStore : IAuthorizationStore
    {
        private readonly InMemoryAuthorizationStore inner = new();

        public int Read { get; set; }

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(record, ct);

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct)
        {
            Read++;
            return inner.FindAsync(id, ct);
        }

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => inner.TryUpdateAsync(next, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);

        public async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            var page = await inner.ListAsync(by, ct);
            Read += page.Items.Count;
            return page;
        }

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            inner.RemoveExpiredAsync(now, limit, ct);
    }
}
