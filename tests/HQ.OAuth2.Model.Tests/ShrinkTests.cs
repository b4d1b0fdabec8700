namespace HQ.OAuth2.Model.Tests;

/// <summary>Tests of the tests: a model with a wrong rule is found out, and what is printed is short.</summary>
internal sealed class ShrinkTests
{
    private const int MaxSequences = 2000;
    private const int Length = 20;

    [Test]
    public async Task A_model_in_which_a_code_may_be_used_twice_is_found_out_by_two_redemptions()
    {
        var (failure, script) = await ShrinkAsync(Rules.Right with { CodesMayBeUsedTwice = true });

        failure.Commands.Should().HaveCountLessThanOrEqualTo(5);
        failure.Commands.OfType<Command.Redeem>().Should().HaveCount(2).And.OnlyContain(c => c.Verifier == Verifier.Right);
        script.Split('\n').Where(l => l.Contains("grant_type=authorization_code", StringComparison.Ordinal)).Should().HaveCount(2);
        var code = failure.Commands.OfType<Command.Login>().Should().ContainSingle().Subject.Id;
        script.Should().Contain($"--data-urlencode \"code=$CODE{code}\"").And.Contain($"CODE{code}=$(").And.Contain("expected 200");
    }

    [Test]
    public async Task A_model_in_which_a_revocation_does_nothing_is_found_out_by_a_revocation_and_a_look()
    {
        var (failure, script) = await ShrinkAsync(Rules.Right with { RevocationDoesNothing = true });

        failure.Commands.Should().HaveCountLessThanOrEqualTo(6);
        script.Split('\n').Count(l => l.Contains("curl", StringComparison.Ordinal)).Should().BeLessThanOrEqualTo(8, script);
    }

    [Test]
    public async Task A_model_in_which_leaving_an_organization_ends_nothing_is_found_out_by_a_user_who_leaves()
    {
        var (failure, script) = await ShrinkAsync(Rules.Right with { LeavingDoesNothing = true });

        failure.Commands.Should().HaveCountLessThanOrEqualTo(7);
        var left = failure.Commands.OfType<Command.Join>().Should().ContainSingle(j => !j.IsMember).Subject;
        var name = Names.Text(left.Organization);
        script
            .Should()
            .Contain($"# USER{left.User} joins the organization {name}.")
            .And.Contain($"# USER{left.User} leaves the organization {name}.");
    }

    [Test]
    public async Task A_model_in_which_tokens_are_for_all_that_is_granted_is_found_out_by_a_request_for_one_resource()
    {
        var (failure, script) = await ShrinkAsync(Rules.Right with { TokensAreForAllThatIsGranted = true });

        failure.Commands.Should().HaveCountLessThanOrEqualTo(5);
        var login = script.Split('\n').Should().ContainSingle(l => l.Contains("/oauth2/authorize?", StringComparison.Ordinal)).Subject;
        login.Split("&resource=").Should().HaveCountGreaterThan(2, "the grant is for more than one");
        script.Should().Contain("--data-urlencode \"resource=https://").And.Contain("# expected a token for");
    }

    [Test]
    public void A_command_that_names_what_was_taken_out_does_nothing()
    {
        Command[] commands =
        [
            new Command.RevokeClient(1, 0, 99),
            new Command.DeleteClient(1, 0, 99),
            new Command.Disable(1, 0, 99, true),
            new Command.NewSecret(1, 0, 99, 0),
            new Command.Login(1, 0, 99, 0, Scopes.Read, Scopes.Read),
            new Command.OwnToken(1, 0, 99, Proof.Right, Scopes.Read),
            new Command.AskDevice(1, 0, 99, Proof.Right, Scopes.Read),
            new Command.Redeem(1, 0, 99, 99, Proof.Right, Verifier.Right, true),
            new Command.Refresh(1, 0, 99, 99, Proof.Right, Scopes.None),
            new Command.Narrow(1, 0, 99, 0, Scopes.Read),
            new Command.Disconnect(1, 0, 99, 0),
        ];

        commands.Select(c => new ServerModel(0, Rules.Right).Step(c)).Should().OnlyContain(answer => answer == null);
    }

    [Test]
    public async Task An_exception_is_a_failure_with_the_commands_up_to_it()
    {
        await using var world = await World.StartAsync(nodes: 2);
        foreach (var node in world.Nodes)
            node.Dispose();
        Command first = new Command.NewClient(1, 0, ClientKind.Public);

        var failure = await new Runner(world, Rules.Right).RunAsync([first, first]);

        failure!.Commands.Should().Equal(first);
        failure.Answer.Should().Contain(nameof(ObjectDisposedException)).And.NotContain("\n");
    }

    [Test]
    public async Task A_failure_that_every_command_is_needed_for_stays_as_it_is()
    {
        List<Command> all = [.. Enumerable.Range(1, 6).Select(i => new Command.Wait(i, 0, 1))];
        var shrinker = new Shrinker(c => Task.FromResult(c.Count == 6 ? new Failure(c, "", "") : null));

        (await shrinker.ShrinkAsync(new(all, "", ""))).Commands.Should().Equal(all);
    }

    [Test]
    public async Task What_is_not_needed_goes_and_the_rest_becomes_plain()
    {
        List<Command> all = [.. Enumerable.Range(1, 40).Select(i => new Command.Wait(i, 1, 100 + i))];
        var shrinker = new Shrinker(c =>
            Task.FromResult(
                c.Any(w => w is Command.Wait { Id: 7, Seconds: >= 33 }) ? new Failure([.. c.TakeWhile(w => w.Id <= 7)], "", "") : null
            )
        );

        var shrunk = await shrinker.ShrinkAsync(new([.. all.Take(7)], "", ""));

        shrunk.Commands.Should().Equal(new Command.Wait(7, 0, 33));
    }

    private static async Task<(Failure Failure, string Script)> ShrinkAsync(Rules wrong)
    {
        await using var world = await World.StartAsync(nodes: 2);
        var runner = new Runner(world, wrong);
        for (var seed = 0; seed < MaxSequences; seed++)
        {
            if (await runner.RunAsync(seed, Length) is not { } failure)
                continue;
            var shrunk = await new Shrinker(commands => runner.RunAsync(commands)).ShrinkAsync(failure);
            return (shrunk, Script.Of(shrunk, world.Clock.Now));
        }

        throw new AssertionException($"{MaxSequences} sequences found no difference.");
    }
}
