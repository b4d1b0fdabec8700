namespace HQ.OAuth2.Model.Tests;

/// <summary>Makes a failure short: takes commands out, as many at once as go, then makes those that remain plainer.</summary>
/// <param name="run">Runs commands; null = nothing failed.</param>
internal sealed class Shrinker(Func<IReadOnlyList<Command>, Task<Failure?>> run)
{
    private const int MaxRuns = 2000;

    private int runs;

    public async Task<Failure> ShrinkAsync(Failure failure)
    {
        while (runs < MaxRuns && await ShorterAsync(failure) is { } shorter)
            failure = shorter;
        while (runs < MaxRuns && await PlainerAsync(failure) is { } plainer)
            failure = plainer;
        return failure;
    }

    // Half of the commands, then a quarter, then one (delta debugging). The last one failed, so it stays.
    private async Task<Failure?> ShorterAsync(Failure failure)
    {
        var all = failure.Commands;
        for (var size = all.Count / 2; size > 0; size /= 2)
        {
            for (var from = 0; from < all.Count - 1; from += size)
            {
                var rest = all.Where((_, i) => i < from || i >= Math.Min(from + size, all.Count - 1)).ToList();
                if (rest.Count < all.Count && await FailsAsync(rest) is { } shorter && shorter.Commands.Count < all.Count)
                    return shorter;
            }
        }

        return null;
    }

    private async Task<Failure?> PlainerAsync(Failure failure)
    {
        for (var i = 0; i < failure.Commands.Count; i++)
        {
            foreach (var plainer in Plainer(failure.Commands[i]))
            {
                List<Command> changed = [.. failure.Commands];
                changed[i] = plainer;
                if (await FailsAsync(changed) is { } simpler && simpler.Commands.Count <= failure.Commands.Count)
                    return simpler;
            }
        }

        return null;
    }

    private Task<Failure?> FailsAsync(IReadOnlyList<Command> commands)
    {
        runs++;
        return run(commands);
    }

    private static IEnumerable<Command> Plainer(Command command)
    {
        if (command.Node != 0)
            yield return command with
            {
                Node = 0,
            };
        switch (command)
        {
            case Command.NewClient { Kind: not ClientKind.Public } c:
                yield return c with
                {
                    Kind = ClientKind.Public,
                };
                break;
            case Command.Login c:
                if (c.User != 0)
                    yield return c with
                    {
                        User = 0,
                    };
                if (c.For == Orgs.Globex)
                    yield return c with
                    {
                        For = Orgs.Acme,
                    };
                if (c.For != Orgs.None)
                    yield return c with
                    {
                        For = Orgs.None,
                    };
                if (c.Meanwhile != Orgs.None)
                    yield return c with
                    {
                        Meanwhile = Orgs.None,
                    };
                if (c.Resources != Resources.None)
                    yield return c with
                    {
                        Resources = Resources.None,
                    };
                if (c.Asked != Scopes.Read)
                    yield return c with
                    {
                        Asked = Scopes.Read,
                    };
                if (c.Ticked is not (null or Scopes.All))
                    yield return c with
                    {
                        Ticked = Scopes.All,
                    };
                break;
            case Command.Redeem { Resources: not Resources.None } c:
                yield return c with
                {
                    Resources = Resources.None,
                };
                break;
            case Command.Refresh c:
                if (c.Scope != Scopes.None)
                    yield return c with
                    {
                        Scope = Scopes.None,
                    };
                if (c.Resources != Resources.None)
                    yield return c with
                    {
                        Resources = Resources.None,
                    };
                break;
            case Command.Wait { Seconds: > 1 } c:
                yield return c with
                {
                    Seconds = c.Seconds / 2,
                };
                yield return c with
                {
                    Seconds = c.Seconds - 1,
                };
                break;
        }
    }
}
