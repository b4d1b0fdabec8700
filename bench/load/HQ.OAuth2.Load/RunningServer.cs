using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HQ.OAuth2.Load;

/// <summary>A server's process.</summary>
internal sealed class RunningServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly HttpClient http = new();

    private RunningServer(ServerKind kind, Uri address, Process process)
    {
        Kind = kind;
        Address = address;
        this.process = process;
    }

    public ServerKind Kind { get; }

    public Uri Address { get; }

    public Endpoints Endpoints { get; private set; } = null!;

    /// <summary>From the start of the process until its metadata was there.</summary>
    public TimeSpan StartedAfter { get; private set; }

    public TimeSpan CpuTime => Machine.CpuTime(process.Id);

    public double ResidentMiB => Machine.ResidentMiB(process.Id);

    public static RunningServer Start(ServerKind kind, string connection, Func<string> node, bool isWarm)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var bench = Path.Combine(Machine.Root, "bench", "load");
        var origin = address.GetLeftPart(UriPartial.Authority);
        var (program, args) = kind.Engine switch
        {
            "node" => (node(), new[] { Path.Combine(bench, "node", "server.mjs"), origin }),
            "ours" => (Built("Ours"), [origin, kind.Store, connection]),
            "openiddict" => (Built("OpenIddict"), [origin, kind.Store, connection]),
            _ => (Built("Floor"), [origin, kind.Store, connection]),
        };
        var start = Stopwatch.GetTimestamp();
        var server = new RunningServer(kind, address, Machine.Start(program, args, isWarm));
        server.WaitForMetadata(start);
        return server;

        string Built(string project) => Path.Combine(bench, project, "bin", "Release", "net10.0", "load-" + project.ToLowerInvariant());
    }

    /// <summary>One of the questions that a server of .NET answers beside OAuth; 0 where there is no number.</summary>
    public long Ask(string question)
    {
        if (!Kind.IsDotNet)
            return 0;
        using var answer = http.Send(new(HttpMethod.Get, new Uri(Address, "/load/" + question)));
        using var reader = new StreamReader(answer.EnsureSuccessStatusCode().Content.ReadAsStream());
        return long.TryParse(reader.ReadToEnd(), CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private void WaitForMetadata(long start)
    {
        while (Stopwatch.GetElapsedTime(start) < Patience && !process.HasExited)
        {
            try
            {
                using var answer = http.Send(new(HttpMethod.Get, new Uri(Address, Endpoints.Metadata)));
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    StartedAfter = Stopwatch.GetElapsedTime(start);
                    using var reader = new StreamReader(answer.Content.ReadAsStream());
                    Endpoints = Endpoints.Read(reader.ReadToEnd());
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            Thread.Sleep(5);
        }

        Dispose();
        throw new LoadException($"{Kind.Name} did not start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        http.Dispose();
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
