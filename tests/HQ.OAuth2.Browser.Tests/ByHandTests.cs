using System.Diagnostics;
using System.Text;

namespace HQ.OAuth2.Browser.Tests;

/// <summary>The commands of docs/by-hand.md, as they stand there, against the QuickStart.</summary>
internal sealed class ByHandTests
{
    [Test]
    public async Task The_flow_by_hand_runs_as_it_is_written()
    {
        await using var sample = await Sample.StartAsync("QuickStart");
        var script = string.Join('\n', Blocks().Prepend("set -euo pipefail")).Replace("http://localhost:5080", sample.Url);

        var output = await RunAsync(script);

        output.Should().Contain($"\"issuer\":\"{sample.Url}\"").And.Contain("code hqa_").And.Contain("\"refresh_token\":\"hqr_");
        output.Should().Contain("[\"by hand\"]").And.Contain("\"active\":true").And.Contain("after the revocation: 401");
    }

    private static List<string> Blocks()
    {
        var here = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(here.FullName, "docs", "by-hand.md")))
            here = here.Parent!;
        return
        [
            .. File.ReadAllText(Path.Combine(here.FullName, "docs", "by-hand.md"))
                .Split("```bash\n")
                .Skip(1)
                .Select(block => block[..block.IndexOf("\n```", StringComparison.Ordinal)]),
        ];
    }

    private static async Task<string> RunAsync(string script)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var bash = Process.Start(
            new ProcessStartInfo("bash", ["-s"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var errors = bash.StandardError.ReadToEndAsync(patience.Token);
        var output = new StringBuilder(await bash.StandardOutput.ReadToEndAsync(patience.Token));
        await bash.WaitForExitAsync(patience.Token);
        bash.ExitCode.Should().Be(0, $"{output}{await errors}");
        return output.ToString();
    }
}
