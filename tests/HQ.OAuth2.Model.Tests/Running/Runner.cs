namespace HQ.OAuth2.Model.Tests;

/// <summary>A command whose answer was not the one of the model.</summary>
/// <param name="Commands">The commands up to it.</param>
/// <param name="Difference">What was expected and what came.</param>
/// <param name="Answer">The whole answer.</param>
internal sealed record Failure(IReadOnlyList<Command> Commands, string Difference, string Answer);

/// <summary>Runs commands against the hosts and the model side by side.</summary>
internal sealed class Runner(World world, Rules rules)
{
    /// <summary>How many commands had an effect on the model or an answer.</summary>
    public long Commands { get; private set; }

    /// <summary>How often there was each kind of command, and each kind of answer of those that spend something.</summary>
    public Dictionary<string, long> Kinds { get; } = [];

    /// <summary>Runs a random sequence: the same for the same seed.</summary>
    public async Task<Failure?> RunAsync(int seed, int length)
    {
        await world.BeginAsync();
        var (driver, done) = (new Driver(world), new List<Command>());
        var model = new ServerModel(driver.Now, rules);
        var generator = new Generator(new Random(seed), world.Nodes.Count);
        while (done.Count < length)
        {
            if (await StepAsync(driver, model, generator.Next(model, done.Count + 1), done) is { } failure)
                return failure;
        }

        foreach (var command in generator.Audit(model, length + 1).ToList())
        {
            if (await StepAsync(driver, model, command, done) is { } failure)
                return failure;
        }

        return null;
    }

    /// <summary>Runs these commands; those that name what is not there do nothing.</summary>
    public async Task<Failure?> RunAsync(IEnumerable<Command> commands)
    {
        await world.BeginAsync();
        var (driver, done) = (new Driver(world), new List<Command>());
        var model = new ServerModel(driver.Now, rules);
        foreach (var command in commands)
        {
            if (await StepAsync(driver, model, command, done) is { } failure)
                return failure;
        }

        return null;
    }

    private async Task<Failure?> StepAsync(Driver driver, ServerModel model, Command command, List<Command> done)
    {
        if (model.Step(command) is not { } expected)
            return null;
        Commands++;
        done.Add(command);
        try
        {
            var seen = await driver.DoAsync(command);
            if ((expected.Difference(seen, driver.Values) ?? Missing(command, model, seen)) is { } difference)
                return new([.. done], difference, seen.Text);
            driver.Keep(command, seen);
        }
        catch (Exception e)
        {
            return new([.. done], $"expected {expected.Status}, got an exception", e.ToString().ReplaceLineEndings(" "));
        }

        Count(command.GetType().Name);
        if (command is Command.Redeem or Command.Refresh)
            Count(command.GetType().Name + (expected.Status == 200 ? " succeeded" : " refused"));
        return null;
    }

    private void Count(string kind) => Kinds[kind] = Kinds.GetValueOrDefault(kind) + 1;

    /// <summary>What the model has by a command, and the answer did not give.</summary>
    public static string? Missing(Command command, ServerModel model, Seen seen)
    {
        var name =
            model.Codes.ContainsKey(command.Id) ? "CODE"
            : model.Devices.ContainsKey(command.Id) ? "DEVICE"
            : model.Access.ContainsKey(command.Id) ? "ACCESS"
            : model.Clients.ContainsKey(command.Id) ? "CLIENT"
            : null;
        return name is null || seen.Values.ContainsKey(name + command.Id)
            ? null
            : $"expected ${name}{command.Id}, got {seen.Status} without it";
    }
}
