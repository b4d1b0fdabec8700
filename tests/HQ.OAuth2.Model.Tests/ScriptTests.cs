using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Model.Tests;

/// <summary>The printed script is one that a person can run: here a shell runs it, against a host that listens.</summary>
internal sealed partial class ScriptTests
{
    private static readonly Command[] commands =
    [
        new Command.NewClient(1, 0, ClientKind.Confidential),
        new Command.NewClient(2, 0, ClientKind.SelfRegistered),
        new Command.Join(3, 0, 1, Orgs.Acme, true),
        new Command.Join(28, 0, 0, Orgs.Acme, true),
        new Command.Join(29, 0, 0, Orgs.Globex, true),
        new Command.Login(30, 0, 1, 0, Scopes.All, Scopes.All),
        new Command.Login(4, 0, 1, 0, Scopes.All, Scopes.Read | Scopes.Write, Orgs.Globex)
        {
            Resources = Resources.Notes | Resources.Files,
        },
        new Command.Login(31, 0, 1, 1, Scopes.All, Scopes.All),
        new Command.Redeem(5, 0, 4, 1, Proof.Right, Verifier.Right, true),
        new Command.Redeem(6, 0, 4, 2, Proof.Right, Verifier.Right, true),
        new Command.Refresh(33, 0, 5, 1, Proof.Right, Scopes.None, Resources.Unknown),
        new Command.Refresh(7, 0, 5, 1, Proof.Right, Scopes.Read, Resources.Files),
        new Command.NewSecret(8, 0, 1, 0),
        new Command.Refresh(9, 0, 7, 1, Proof.First, Scopes.None),
        new Command.Refresh(10, 0, 7, 1, Proof.Right, Scopes.None),
        new Command.Narrow(11, 0, 4, 0, Scopes.Write, Resources.Notes),
        new Command.Call(12, 0, 10, Scopes.Read, Resources.Notes),
        new Command.Call(13, 0, 10, Scopes.Write, Resources.Notes),
        new Command.Call(34, 0, 10, Scopes.Write, Resources.Files),
        new Command.Introspect(14, 0, new(true, 10), 1, Proof.Right),
        new Command.AskDevice(15, 0, 2, Proof.Right, Scopes.Read),
        new Command.AnswerDevice(32, 0, 15, 1, Scopes.All, Orgs.Globex),
        new Command.AnswerDevice(16, 0, 15, 1, Scopes.All, Orgs.Acme),
        new Command.Poll(17, 0, 15, 2, Proof.Right),
        new Command.NewPersonal(18, 0, 0, Scopes.Read, 3600, Orgs.Globex) { Resources = Resources.Files },
        new Command.OwnToken(19, 0, 1, Proof.Right, Scopes.Read),
        new Command.Revoke(20, 0, new(false, 19), 1, Proof.Right),
        new Command.Disable(21, 0, 2, true),
        new Command.Refresh(22, 0, 17, 2, Proof.Right, Scopes.None),
        new Command.Login(23, 0, 2, 0, Scopes.Read, Scopes.Read),
        new Command.Disconnect(24, 0, 4, 0),
        new Command.Keys(25, 0, 17),
        new Command.RevokeUser(26, 0, 0),
        new Command.DeleteClient(27, 0, 1),
    ];

    [Test]
    public async Task A_shell_that_runs_the_printed_script_gets_the_answers_of_the_model()
    {
        var address = $"http://localhost:{FreePort.Next()}";
        await using var world = await World.ListenAsync(address);
        world.Members.Set("user0", Orgs.Both, isMember: true);
        world.Members.Set("user1", Orgs.Acme, isMember: true);
        var folder = Directory.CreateTempSubdirectory("hq-model-").FullName;
        try
        {
            foreach (var (jar, user) in new[] { ("USER0", "user0"), ("USER1", "user1"), ("admin", "admin") })
                await File.WriteAllTextAsync(
                    Path.Combine(folder, jar + ".jar"),
                    $"# Netscape HTTP Cookie File\nlocalhost\tFALSE\t/\tFALSE\t0\tuser\t{user}\n"
                );

            // What the script says of times is said by the clock of the host.
            var script = Script.Of(new(commands, "", ""), world.Clock.Now);
            var output = await RunAsync(folder, address, script);

            var model = new ServerModel(world.Clock.Now.ToUnixTimeSeconds(), Rules.Right);
            var expected = commands.Select(c => (Command: c, Answer: model.Step(c)!)).Where(c => c.Command is not Command.Join).ToList();
            var statuses = Statuses()
                .Matches(output)
                .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))
                .Select(s => s == 303 ? 302 : s);
            statuses.Should().Equal(expected.Select(e => e.Answer.Status), output);
            Errors()
                .Matches(output)
                .Select(m => m.Groups[1].Value)
                .Should()
                .Equal("invalid_grant", "invalid_target", "invalid_client", "insufficient_scope", "invalid_token", "invalid_client");
            output.Should().Contain("\"org_id\":\"globex\"");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string folder, string address, string script)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "script.sh"), script);
        var start = new ProcessStartInfo("bash", "script.sh")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            Environment = { ["NODE0"] = address },
        };
        using var shell = Process.Start(start)!;
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = await shell.StandardOutput.ReadToEndAsync(end.Token);
        await shell.WaitForExitAsync(end.Token);
        return output;
    }

    [GeneratedRegex("HTTP/1.1 ([0-9]+)")]
    private static partial Regex Statuses();

    [GeneratedRegex("\"error\":\"([a-z_]+)")]
    private static partial Regex Errors();
}
