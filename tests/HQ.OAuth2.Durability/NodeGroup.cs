namespace HQ.OAuth2.Durability;

/// <summary>Several nodes on one database, started at the same instant so that making the schema and the first key is a race.</summary>
internal sealed class NodeGroup : IAsyncDisposable
{
    private static readonly TimeSpan startLimit = TimeSpan.FromSeconds(30);

    private readonly QuickStartNode[] nodes;

    private NodeGroup(QuickStartNode[] nodes) => this.nodes = nodes;

    public int Count => nodes.Length;

    public IReadOnlyList<QuickStartNode> Nodes => nodes;

    /// <summary>Any number names a node, so that work can be dealt out by counting.</summary>
    public QuickStartNode this[int n] => nodes[n % nodes.Length];

    public static async Task<NodeGroup> StartAsync(string folder, int count, StoreTarget store, params (string, string)[] keys)
    {
        var ports = Enumerable.Range(0, count).Select(_ => FreePort.Next()).ToArray();
        var settings = new NodeSettings(folder, $"http://127.0.0.1:{ports[0]}", store, keys);
        var group = new NodeGroup([.. ports.Select(port => QuickStartNode.Start(settings, port))]);
        try
        {
            await Task.WhenAll(group.nodes.Select(n => n.ReadyAsync(startLimit)));
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    /// <summary>The same request many times at once, dealt out over the nodes; null where no answer came.</summary>
    public Task<Reply?[]> AtOnceAsync(int callers, Func<UserFlow, Task<Reply>> request, Tally tally, string what) =>
        Task.WhenAll(
            Enumerable
                .Range(0, callers)
                .Select(async i =>
                {
                    try
                    {
                        return await request(this[i].Flow);
                    }
                    catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
                    {
                        tally.Violation("every request is answered", $"{this[i].Name}: {what}: {e.Message}");
                        return null;
                    }
                })
        );

    public void ReportLogs(Tally tally)
    {
        foreach (var node in nodes)
        {
            if (node.LoggedErrors().ToList() is { Count: > 0 } lines)
                tally.Violation("no node logs an error", $"{node.Name}:\n        {string.Join("\n        ", lines)}");
        }
    }
}
