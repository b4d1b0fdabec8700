using System.Diagnostics;

namespace HQ.OAuth2;

/// <summary>The contest of the kit on each database; on Galera servers 3 and 1 are killed meanwhile, one after the other.</summary>
[TestFixtureSource(typeof(Engines), nameof(Engines.OfTheKit))]
internal sealed class StoreContestTests(Engine engine) : AuthorizationStoreContest
{
    private readonly Nodes nodes = new(engine);
    private readonly Queue<string> victims = new(["3", "1"]);

    protected override string Engine =>
        engine switch
        {
            HQ.OAuth2.Engine.Sqlite => "SQLite",
            HQ.OAuth2.Engine.PostgreSql => "PostgreSQL",
            HQ.OAuth2.Engine.Serializable => "PostgreSQL, serializable",
            HQ.OAuth2.Engine.MariaDb => "MariaDB",
            _ => "MariaDB Galera, three writers",
        };

    protected override int Kills => engine == HQ.OAuth2.Engine.Galera ? 2 : 0;

    protected override async ValueTask<IAuthorizationStore> CreateStoreAsync() =>
        engine == HQ.OAuth2.Engine.Galera
            ? new InTurn(await nodes.OpenAsync<IAuthorizationStore>(), await nodes.OpenAsync<IAuthorizationStore>())
            : await nodes.OpenAsync<IAuthorizationStore>();

    protected override async ValueTask<IAuthorizationStore> OpenSecondAsync(IAuthorizationStore store) =>
        engine == HQ.OAuth2.Engine.Galera
            ? new InTurn(await nodes.OpenAsync<IAuthorizationStore>(), ((InTurn)store).First)
            : await nodes.OpenAsync<IAuthorizationStore>();

    protected override ValueTask CleanUpAsync(IAuthorizationStore store) => nodes.DisposeAsync();

    protected override async Task KillAsync()
    {
        await ScriptAsync("kill", victims.Dequeue());
        await Task.Delay(2000);
        await ScriptAsync("settle");
    }

    private static async Task ScriptAsync(params string[] command)
    {
        using var script = Process.Start(Environment.GetEnvironmentVariable("HQ_GALERA")!, command);
        await script.WaitForExitAsync();
        Assert.That(script.ExitCode, Is.Zero, string.Join(' ', command));
    }

    // Two writers behind one name, as behind a load balancer: who fails at one comes to the other.
    private sealed class InTurn(IAuthorizationStore first, IAuthorizationStore second) : IAuthorizationStore
    {
        private int calls;

        public IAuthorizationStore First => first;

        private IAuthorizationStore Next => Interlocked.Increment(ref calls) % 2 == 0 ? first : second;

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => Next.AddAsync(record, ct);

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => Next.FindAsync(id, ct);

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => Next.TryUpdateAsync(next, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => Next.RemoveAsync(id, ct);

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) => Next.ListAsync(by, ct);

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            Next.RemoveExpiredAsync(now, limit, ct);
    }
}
