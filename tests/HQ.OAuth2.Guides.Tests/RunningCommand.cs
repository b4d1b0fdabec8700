using System.Diagnostics;
using System.Text;

namespace HQ.OAuth2.Tests;

/// <summary>A command that runs in a folder, and what it wrote.</summary>
internal sealed class RunningCommand : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();

    public RunningCommand(string name, string folder, IEnumerable<string> arguments)
    {
        process = new Process
        {
            StartInfo = new ProcessStartInfo(name, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasEnded => process.HasExited;

    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Its output after its end; a failed command fails the test.</summary>
    public async Task<string> ResultAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(deadline.Token);
        process.ExitCode.Should().Be(0, Output);
        return Output;
    }

    public void Kill()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private void Write(string? line)
    {
        lock (output)
            output.AppendLine(line);
    }
}

/// <summary>A folder that is deleted with what is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("guide").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
