using System.Runtime.InteropServices;
using HQ.OAuth2.Durability;

const string usage = """
    Proves that the server loses nothing: published QuickStart processes, driven over HTTP, on databases that outlive them.

      cluster  several nodes on one PostgreSQL database: what may happen once happens once, keys rotate under load
               --nodes 3 --codes 1000 --refreshes 200 --callers 30 --rotate-seconds 45 --store postgres|memory
      crash    one node, killed at random moments: what was answered is still true after the restart
               --rounds 100 --store sqlite|postgres|both|memory --seed N
      failover contested codes and refresh tokens at several nodes while the primary of PostgreSQL is killed and replaced
               --nodes 2 --contests 10000 --kills 5 --failovers 5 --callers 3
      growth   the same steps on an empty database and on a full one, and the pruning of expired rows (PostgreSQL)
               --authorizations 1000000 --subjects 200000 --clients 100000 --expired 20000 --rounds 200
      soak     every kind of request and attack from many addresses, for minutes: what the server holds stays flat
               --minutes 10 --stores memory,sqlite,postgres --rate 8 (flows a second at each store) --seed N --leak none|memory|files

      --quickstart DIR   the published QuickStart; else HQ_QUICKSTART
      --soak-host DIR    the published soak host; else HQ_SOAK_HOST
      HQ_PATRONI         the script that kills and replaces the primary (tests/patroni.sh)
      HQ_TEST_PG         connection string of a PostgreSQL server that may create databases
    memory keeps nothing: it shows what these checks see when a store loses everything.
    """;

// Nobody leaves nodes behind: not who is interrupted, not who fails.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var arguments = new Arguments(args);
    return arguments.Command switch
    {
        "cluster" => await ClusterCommand.RunAsync(arguments),
        "crash" => await CrashCommand.RunAsync(arguments),
        "failover" => await FailOverCommand.RunAsync(arguments),
        "growth" => await GrowthCommand.RunAsync(arguments),
        "soak" => await SoakCommand.RunAsync(arguments),
        _ => throw new ArgumentException($"'{arguments.Command}' is no command."),
    };
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync($"{wrong.Message}\n\n{usage}");
    return 2;
}
catch (Exception e) when (e is NodeFailedException or UnexpectedReplyException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
finally
{
    QuickStartNode.KillAll();
}

static void Stop(PosixSignalContext context)
{
    QuickStartNode.KillAll();
    Environment.Exit(130);
}
