using System.Diagnostics;
using System.Net;
using Microsoft.CodeAnalysis;

namespace HQ.OAuth2.Tests;

/// <summary>The code that readers copy from the documentation compiles, and its programs work, from the Markdown itself.</summary>
internal sealed class GuideTests
{
    private static IEnumerable<TestCaseData> PagesWithCode() =>
        Guide
            .All.Where(guide => guide.Blocks("csharp").Any(block => !block.IsProgram))
            .Select(guide => new TestCaseData(guide).SetArgDisplayNames(guide.Path));

    private static IEnumerable<TestCaseData> Programs() =>
        from guide in Guide.All
        from block in guide.Blocks("csharp")
        where block.IsProgram
        select new TestCaseData(guide, block).SetArgDisplayNames($"{guide.Path}:{block.Line}");

    [Test]
    public void The_pages_have_code() => PagesWithCode().Count().Should().BeGreaterThan(8);

    [TestCaseSource(nameof(PagesWithCode))]
    public void Code_of_a_page_compiles(object page) => GuideCompiler.ErrorsOfFragments((Guide)page).Should().BeEmpty();

    [TestCaseSource(nameof(Programs))]
    public async Task A_program_of_a_page_compiles_and_walks_the_flow(object page, object block)
    {
        var (guide, program) = ((Guide)page, (Block)block);
        var compilation = GuideCompiler.Program(guide, program);
        GuideCompiler.Errors(compilation).Should().BeEmpty();

        // The settings of a program are the first JSON after it.
        if (guide.Blocks("json").FirstOrDefault(json => json.Index > program.Index) is not { } settings)
            return;
        using var folder = new TemporaryFolder();
        var assembly = Path.Combine(AppContext.BaseDirectory, compilation.AssemblyName + ".dll");
        try
        {
            compilation.Emit(assembly).Success.Should().BeTrue();
            await File.WriteAllTextAsync(Path.Combine(folder.Path, "appsettings.json"), settings.Code);
            await WalkAsync(assembly, folder.Path, program.Code.Contains("MapMcp", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(assembly);
        }
    }

    private static async Task WalkAsync(string assembly, string folder, bool isMcp)
    {
        var issuer = $"http://localhost:{FreePort.Next()}";
        var own = Path.ChangeExtension(typeof(GuideTests).Assembly.Location, null);
        List<string> arguments = ["exec", "--depsfile", own + ".deps.json", "--runtimeconfig", own + ".runtimeconfig.json", assembly];
        arguments.AddRange(["--environment", "Development", "--urls", issuer, $"--auth:oauth2:authorizationServer:issuerURL={issuer}"]);
        if (isMcp)
            arguments.Add($"--auth:oauth2:authorizationServer:defaultResource={issuer}/mcp");
        using var app = Command("dotnet", folder, arguments);
        try
        {
            await AnswersAsync(app, issuer);
            using var walk = Command(
                "bash",
                folder,
                isMcp ? [Path.Combine(Guide.Root, "tests/walk.sh"), issuer, "mcp"] : [Path.Combine(Guide.Root, "tests/walk.sh"), issuer]
            );
            (await walk.ResultAsync()).Should().Contain("The whole flow works");
        }
        finally
        {
            app.Kill();
        }
    }

    private static async Task AnswersAsync(RunningCommand app, string issuer)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            app.HasEnded.Should().BeFalse("the program of the guide runs: {0}", app.Output);
            try
            {
                using var answer = await http.GetAsync(new Uri(issuer + "/.well-known/oauth-authorization-server"));
                answer.StatusCode.Should().Be(HttpStatusCode.OK);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }
        Assert.Fail("No answer within a minute: " + app.Output);
    }

    private static RunningCommand Command(string name, string folder, IEnumerable<string> arguments) => new(name, folder, arguments);
}
