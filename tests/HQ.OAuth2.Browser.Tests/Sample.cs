using System.Diagnostics;

namespace HQ.OAuth2.Browser.Tests;

/// <summary>A sample as a process of its own, on a port of its own.</summary>
internal sealed class Sample : IAsyncDisposable
{
    private readonly Process process;
    private readonly List<string> output;

    private Sample(Process process, List<string> output, string url) => (this.process, this.output, Url) = (process, output, url);

    public string Url { get; }

    /// <summary>Everything the process has printed.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return string.Join('\n', output);
        }
    }

    public static Task<Sample> StartAsync(string name, params (string Key, string Value)[] settings) => StartAsync(name, [], settings);

    /// <param name="name">The sample.</param>
    /// <param name="arguments">Arguments of the command line, as they are.</param>
    /// <param name="settings">Settings of the server.</param>
    public static async Task<Sample> StartAsync(string name, string[] arguments, params (string Key, string Value)[] settings)
    {
        var url = $"http://localhost:{FreePort.Next()}";
        // .../tests/This/bin/Configuration/net10.0
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var folder = Path.Combine(root, "samples", name);
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(folder, "bin", here.Parent.Name, here.Name, name + ".dll"),
                "--urls",
                url,
                "--store:provider",
                "memory",
            },
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in settings.Prepend(("issuerURL", url)))
        {
            start.ArgumentList.Add("--auth:oauth2:authorizationServer:" + key);
            start.ArgumentList.Add(value);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        var output = new List<string>();
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var sample = new Sample(process, output, url);
        try
        {
            await sample.WaitAsync();
            return sample;
        }
        catch
        {
            await sample.DisposeAsync();
            throw;
        }

        void Keep(string? line)
        {
            lock (output)
                output.Add(line ?? "");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task WaitAsync()
    {
        using var http = new HttpClient();
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(100))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"The sample ended: {Output}");
            try
            {
                if ((await http.GetAsync(Url + "/.well-known/oauth-authorization-server")).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < deadline)
            {
                // Not up yet.
            }
        }
    }
}
