using System.Diagnostics;
using System.Net;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Durability;

/// <summary>
/// The users, clients and attackers of a soak. So many flows begin each second, each from an address of its own, whatever became of those
/// before.
/// </summary>
internal sealed class SoakLoad : IDisposable
{
    /// <summary>The most connections that the load has open at once.</summary>
    public const int MostConnections = 32;

    private const int Addresses = 20_000;

    private readonly Uri server;
    private readonly SocketsHttpHandler connections;
    private readonly Random random;
    private readonly Tally tally;
    private readonly (string Name, int Weight, Func<SoakCaller, Task> RunAsync)[] kinds;

    public SoakLoad(Uri server, ProofKey key, Random random, Tally tally)
    {
        (this.server, this.random, this.tally) = (server, random, tally);
        connections = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = MostConnections,
        };
        kinds = [.. SoakUsers.Kinds(key), .. SoakAttacks.Kinds(key)];
    }

    /// <summary>Begins flows at this rate until it is told to stop, and waits for the last of them.</summary>
    public async Task PressAsync(int rate, CancellationToken stop)
    {
        var (clock, begun, running) = (Stopwatch.StartNew(), 0, new List<Task>());
        while (!stop.IsCancellationRequested)
        {
            // After a pause of this machine nothing is made up for.
            var due = clock.Elapsed.TotalSeconds * rate;
            begun = Math.Max(begun, (int)due - rate);
            for (; begun < due; begun++)
                running.Add(RunAsync(Next(), NewCaller()));
            running.RemoveAll(t => t.IsCompleted);
            await Task.Delay(20, CancellationToken.None);
        }

        await Task.WhenAll(running);
    }

    public void Dispose() => connections.Dispose();

    private async Task RunAsync((string Name, int, Func<SoakCaller, Task> RunAsync) kind, SoakCaller caller)
    {
        try
        {
            await kind.RunAsync(caller);
            tally.Flow(kind.Name, isDone: true);
        }
        catch (Exception e) when (e is UnexpectedReplyException or HttpRequestException or OperationCanceledException or IOException)
        {
            tally.Flow(kind.Name, isDone: false);
            tally.Count($"{kind.Name}: {e.Message}");
        }
    }

    private (string, int, Func<SoakCaller, Task>) Next()
    {
        var left = random.Next(kinds.Sum(k => k.Weight));
        foreach (var kind in kinds)
        {
            if ((left -= kind.Weight) < 0)
                return kind;
        }

        throw new UnreachableException();
    }

    private SoakCaller NewCaller()
    {
        var number = random.Next(Addresses);
        var address =
            number % 2 == 0
                ? new IPAddress([10, 1, (byte)(number >> 8), (byte)number])
                // A network of 64 bits for each: that is what counts.
                : IPAddress.Parse($"2001:db8:{number:x}::{random.Next(1, 0xffff):x}");
        return new(server, connections, address, new Random(random.Next()));
    }
}
