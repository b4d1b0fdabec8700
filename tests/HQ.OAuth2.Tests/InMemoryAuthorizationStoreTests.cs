using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class InMemoryAuthorizationStoreTests
{
    private readonly InMemoryAuthorizationStore store = new();

    [TearDown]
    public async Task Empty() => await store.RemoveExpiredAsync(DateTimeOffset.MaxValue, int.MaxValue, default);

    [Test]
    public async Task A_row_is_found_as_it_was_added()
    {
        await store.AddAsync(Row("1"), default);

        (await store.FindAsync("1", default)).Should().Be(Row("1"));
        (await store.FindAsync("2", default)).Should().BeNull();
    }

    [Test]
    public async Task An_id_is_added_once()
    {
        await store.AddAsync(Row("1"), default);

        var act = async () => await store.AddAsync(Row("1") with { Data = "other" }, default);

        await act.Should().ThrowAsync<ArgumentException>();
        (await store.FindAsync("1", default))!.Data.Should().Be("data");
    }

    [TestCase(1, false)]
    [TestCase(2, true)]
    [TestCase(3, false)]
    [TestCase(0, false)]
    public async Task A_swap_counts_only_on_the_version_before(long version, bool swapped)
    {
        await store.AddAsync(Row("1"), default);

        (await store.TryUpdateAsync(Row("1") with { Version = version, Data = "next" }, default)).Should().Be(swapped);

        (await store.FindAsync("1", default))!.Data.Should().Be(swapped ? "next" : "data");
    }

    [Test]
    public async Task A_swap_never_inserts()
    {
        (await store.TryUpdateAsync(Row("1") with { Version = 1 }, default)).Should().BeFalse();
        await store.AddAsync(Row("1"), default);
        await store.RemoveAsync("1", default);
        (await store.TryUpdateAsync(Row("1") with { Version = 2 }, default)).Should().BeFalse();
        (await store.FindAsync("1", default)).Should().BeNull();
    }

    [Test]
    public async Task Of_many_swaps_of_one_version_one_counts()
    {
        await store.AddAsync(Row("1"), default);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i => Task.Run(async () => await store.TryUpdateAsync(Row("1") with { Version = 2, Data = $"{i}" }, default)))
        );

        answers.Count(won => won).Should().Be(1);
        (await store.FindAsync("1", default))!.Data.Should().Be($"{Array.IndexOf(answers, true)}");
    }

    [Test]
    public async Task Removing_takes_any_version_and_is_no_error_twice()
    {
        await store.AddAsync(Row("1"), default);
        await store.TryUpdateAsync(Row("1") with { Version = 2 }, default);

        await store.RemoveAsync("1", default);
        await store.RemoveAsync("1", default);

        (await store.FindAsync("1", default)).Should().BeNull();
        (await ListAsync(new("alice", null))).Should().BeEmpty();
        (await ListAsync(new(null, "app"))).Should().BeEmpty();
    }

    [TestCase("alice", null, "1 2 4")]
    [TestCase(null, "app", "1 3 4")]
    [TestCase("alice", "app", "1 4")]
    [TestCase("bob", "app", "3")]
    [TestCase("bob", "web", "")]
    [TestCase("ALICE", null, "")]
    [TestCase("nobody", null, "")]
    public async Task Rows_are_listed_by_subject_by_client_or_by_both(string? subject, string? client, string ids)
    {
        await FourRows();

        (await ListAsync(new(subject, client))).Should().Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Test]
    public async Task A_list_names_a_subject_or_a_client()
    {
        var act = async () => await store.ListAsync(new(null, null), default);

        await act.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task A_list_goes_on_where_the_page_before_ended_although_rows_come_and_go()
    {
        await FourRows();

        var first = await store.ListAsync(new("alice", null, Limit: 2), default);
        first.Items.Select(r => r.Id).Should().Equal("1", "2");
        await store.RemoveAsync("2", default);
        await store.AddAsync(Row("0"), default);
        await store.AddAsync(Row("5"), default);
        var second = await store.ListAsync(new("alice", null, Limit: 2, After: first.Next), default);
        second.Items.Select(r => r.Id).Should().Equal("4", "5");
        second.Next.Should().BeNull();
    }

    [TestCase(0, 1)]
    [TestCase(-5, 1)]
    [TestCase(int.MaxValue, 4)]
    public async Task The_limit_of_a_page_is_bounded(int limit, int count)
    {
        await FourRows();
        await store.AddAsync(Row("5"), default);

        (await store.ListAsync(new("alice", null, limit), default)).Items.Should().HaveCount(count);
    }

    [Test]
    public async Task Expired_rows_are_removed_oldest_first_and_no_more_than_asked()
    {
        for (var i = 1; i <= 5; i++)
            await store.AddAsync(Row($"{i}") with { PruneAfter = TestClock.Start.AddDays(i) }, default);
        // A swap moves the row among the old ones too.
        await store.TryUpdateAsync(Row("1") with { Version = 2, PruneAfter = TestClock.Start.AddDays(9) }, default);

        (await store.RemoveExpiredAsync(TestClock.Start.AddDays(4), limit: 1, default)).Should().Be(1);
        (await ListAsync(new("alice", null))).Should().Equal("1", "3", "4", "5");
        (await store.RemoveExpiredAsync(TestClock.Start.AddDays(4), limit: 10, default)).Should().Be(1);
        (await ListAsync(new(null, "app"))).Should().Equal("1", "4", "5");
        (await store.RemoveExpiredAsync(TestClock.Start.AddDays(4), limit: 10, default)).Should().Be(0);
        (await store.RemoveExpiredAsync(TestClock.Start.AddDays(10), limit: 10, default)).Should().Be(3);
        (await store.FindAsync("1", default)).Should().BeNull();
    }

    private static AuthorizationRecord Row(string id, string subject = "alice", string client = "app") =>
        new(id, 1, subject, client, TestClock.Start, "data");

    private async Task FourRows()
    {
        await store.AddAsync(Row("4"), default);
        await store.AddAsync(Row("2", client: "web"), default);
        await store.AddAsync(Row("3", subject: "bob"), default);
        await store.AddAsync(Row("1"), default);
    }

    private async Task<IEnumerable<string>> ListAsync(AuthorizationFilter by) =>
        (await store.ListAsync(by, default)).Items.Select(r => r.Id);
}
