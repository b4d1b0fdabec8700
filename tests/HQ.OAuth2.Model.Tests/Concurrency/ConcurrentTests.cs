using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Model.Tests;

/// <summary>Where the nodes keep what they share.</summary>
internal enum Engine
{
    Memory,
    Sqlite,
    PostgreSql,
    MariaDb,
}

/// <summary>
/// Several callers at three nodes redeem, refresh, revoke, narrow, pause and change the client at the same moment, on one authorization, which may
/// be for an organization that its user has left. There is always an order of what they did that the model accepts. HQ_MODEL_SECONDS says for how long histories are made, HQ_MODEL_SEED which ones.
/// </summary>
[TestFixture(Engine.Memory)]
[TestFixture(Engine.Sqlite)]
[TestFixture(Engine.PostgreSql)]
[TestFixture(Engine.MariaDb)]
[SuppressMessage("Security", "CA5394", Justification = "A seed makes the same histories again.")]
internal sealed class ConcurrentTests(Engine engine)
{
    private const int Nodes = 3;
    private const int Client = 1;
    private const int Login = 2;
    private const int Tokens = 3;
    private const int FirstOfAll = 10;
    private const int LeastHistories = 10;

    private TestDatabase? database;
    private World world = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        database = engine switch
        {
            Engine.Sqlite => TestDatabase.Sqlite(),
            Engine.PostgreSql => await TestDatabase.PostgreSqlAsync(),
            Engine.MariaDb => await TestDatabase.MariaDbAsync(),
            _ => null,
        };
        world = await World.StartAsync(Nodes, database);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (world is not null)
            await world.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    [Test]
    public async Task Every_history_has_an_order_that_the_model_accepts()
    {
        var seed = Number("HQ_MODEL_SEED", Environment.TickCount & 0xFFFFFF);
        var (histories, overlapped, watch) = (0, 0, Stopwatch.StartNew());
        var seconds = Number("HQ_MODEL_SECONDS", 20);
        for (; watch.Elapsed.TotalSeconds < seconds || histories < LeastHistories; histories++)
        {
            var random = new Random(unchecked((seed * 1_000_003) + histories));
            if (await OneAsync(random, $"HQ_MODEL_SEED={seed}, history {histories}"))
                overlapped++;
        }

        await TestContext.Progress.WriteLineAsync(
            $"{engine}: {histories} histories, of which {overlapped} overlap, HQ_MODEL_SEED={seed} HQ_MODEL_SECONDS={seconds}"
        );
        overlapped.Should().BePositive("callers that take turns show nothing");
    }

    // Whether two of its commands were under way at the same moment.
    private async Task<bool> OneAsync(Random random, string where)
    {
        var driver = new Driver(world);
        var model = new ServerModel(driver.Now, Rules.Right);
        var isRedeemed = random.Next(3) > 0;
        await DoAsync(new Command.NewClient(Client, 0, (ClientKind)random.Next(3)));
        var all = random.Next(2) == 0 ? Resources.Notes | Resources.Files : Resources.None;
        // A user of both organizations, or of none; the second one may be left again, before callers find out.
        var organization = random.Next(3) > 0 ? Orgs.Globex : Orgs.None;
        if (organization != Orgs.None)
            foreach (var one in new[] { Orgs.Acme, Orgs.Globex })
                await DoAsync(new Command.Join(FirstOfAll - 3, 0, 0, one, true));
        await DoAsync(
            new Command.Login(Login, random.Next(Nodes), Client, 0, Scopes.All, Scopes.All, organization) with
            {
                Resources = all,
            }
        );
        if (isRedeemed)
            await DoAsync(new Command.Redeem(Tokens, random.Next(Nodes), Login, Client, Proof.First, Verifier.Right, true));
        // A user's antiforgery token is read before the race.
        await DoAsync(new Command.Pause(FirstOfAll - 1, 0, Login, 0, false));
        if (isRedeemed && random.Next(2) == 0)
            await DoAsync(new Command.Refresh(FirstOfAll - 2, random.Next(Nodes), Tokens, Client, Proof.First, Scopes.None));
        var hasLeft = organization != Orgs.None && random.Next(4) == 0;
        if (hasLeft)
            await DoAsync(new Command.Join(FirstOfAll - 3, 0, 0, Orgs.Globex, false));

        var (time, known) = (0L, driver.Values.ToDictionary());
        var callers = Enumerable
            .Range(0, random.Next(2, 5))
            .Select(caller =>
                Enumerable.Range(0, random.Next(1, 3)).Select(i => Choose(random, FirstOfAll + (10 * caller) + i, isRedeemed)).ToList()
            )
            .ToList();
        // Who finds out ends the authorization a moment after the look at it. A user who pauses or narrows it in between is told that it is done.
        if (hasLeft)
            callers.ForEach(c => c.RemoveAll(command => command is Command.Pause or Command.Narrow));
        JustOne<Command.DeleteClient>(callers);
        JustOne<Command.Disconnect>(callers);
        using var start = new Barrier(callers.Count);
        var events = (
            await Task.WhenAll(
                callers.Select(commands => Task.Factory.StartNew(() => CallAsync(commands), TaskCreationOptions.LongRunning).Unwrap())
            )
        )
            .SelectMany(e => e)
            .ToList();
        // What is left is looked at afterwards, at every node.
        foreach (var look in Looks(events))
            events.Add(await TimedAsync(look));

        if (!Linearizability.Holds(events, model, known))
            Assert.Fail($"{engine}, {where}: no order of these explains the answers.\n{Linearizability.Text(events)}");
        return events.Any(a => events.Any(b => a != b && a.Begun < b.Begun && b.Begun < a.Answered));

        async Task DoAsync(Command command)
        {
            var expected = model.Step(command)!;
            var seen = await driver.DoAsync(command);
            expected.Difference(seen, driver.Values).Should().BeNull($"{where} begins with {command}: {seen.Text}");
            driver.Keep(command, seen);
        }

        async Task<List<Event>> CallAsync(List<Command> commands)
        {
            var done = new List<Event>();
            start.SignalAndWait();
            foreach (var command in commands)
                done.Add(await TimedAsync(command));
            return done;
        }

        async Task<Event> TimedAsync(Command command)
        {
            var begun = Interlocked.Increment(ref time);
            var seen = await driver.DoAsync(command);
            var answered = Interlocked.Increment(ref time);
            if (seen.Values.Keys.Any(name => name.StartsWith("ACCESS", StringComparison.Ordinal)))
                driver.Keep(command, seen);
            return new(command, begun, answered, seen);
        }
    }

    // The first secret is named in all of them: which one is the newest is not certain in a race.
    private static Command Choose(Random random, int id, bool isRedeemed)
    {
        var node = random.Next(Nodes);
        var kind = random.Next(100);
        if (!isRedeemed && kind < 55)
            return new Command.Redeem(id, node, Login, Client, Proof.First, random.Next(10) > 0 ? Verifier.Right : Verifier.Wrong, true);
        return kind switch
        {
            < 40 when isRedeemed => new Command.Refresh(
                id,
                node,
                Tokens,
                Client,
                Proof.First,
                random.Next(3) > 0 ? Scopes.None : Scopes.Write,
                random.Next(4) > 0 ? Resources.None : Resources.Notes
            ),
            < 48 when isRedeemed => new Command.Revoke(id, node, new(random.Next(2) == 0, Tokens), Client, Proof.First),
            < 55 when isRedeemed => new Command.Introspect(id, node, new(false, Tokens), null, Proof.Right),
            // The other organization: nothing is allowed for it.
            55 => new Command.Join(id, node, 0, Orgs.Acme, false),
            < 60 => new Command.Redeem(id, node, Login, Client, Proof.First, Verifier.Right, true),
            < 72 => new Command.Narrow(
                id,
                node,
                Login,
                0,
                random.Next(2) == 0 ? Scopes.Read : Scopes.Read | Scopes.Write,
                random.Next(3) > 0 ? Resources.None : Resources.Files
            ),
            < 80 => new Command.Pause(id, node, Login, 0, random.Next(3) > 0),
            < 85 => new Command.Disconnect(id, node, Login, 0),
            < 91 => new Command.Disable(id, node, Client, random.Next(3) > 0),
            < 94 => new Command.NewSecret(id, node, Client, 0),
            < 97 => new Command.DeleteClient(id, node, Client),
            < 98 => new Command.RevokeClient(id, node, Client),
            _ => new Command.RevokeUser(id, node, 0),
        };
    }

    // Of several removals of one thing at the same moment, more than one may say that it was the one.
    private static void JustOne<T>(List<List<Command>> callers)
    {
        var all = callers.SelectMany(c => c).OfType<T>().Skip(1).ToList();
        callers.ForEach(c => c.RemoveAll(command => command is T one && all.Contains(one)));
    }

    private static IEnumerable<Command> Looks(List<Event> events)
    {
        var id = 100;
        foreach (
            var name in events.SelectMany(e => e.Seen.Values.Keys).Where(n => n.StartsWith("ACCESS", StringComparison.Ordinal)).ToList()
        )
        {
            var token = int.Parse(name["ACCESS".Length..], CultureInfo.InvariantCulture);
            yield return new Command.Introspect(id, id % Nodes, new(false, token), null, Proof.Right);
            id++;
        }

        foreach (
            var name in events.SelectMany(e => e.Seen.Values.Keys).Where(n => n.StartsWith("REFRESH", StringComparison.Ordinal)).ToList()
        )
        {
            var token = int.Parse(name["REFRESH".Length..], CultureInfo.InvariantCulture);
            yield return new Command.Refresh(id, id % Nodes, token, Client, Proof.First, Scopes.None);
            id++;
        }
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
