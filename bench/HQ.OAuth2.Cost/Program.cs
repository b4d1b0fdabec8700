using System.Diagnostics;
using HQ.OAuth2.Cost;
using HQ.OAuth2.Tests;

// What one request costs the server: bytes allocated and CPU time, in a process of its own, over a loopback connection.
//   dotnet run -c Release --project bench/HQ.OAuth2.Cost [-- rounds]
if (args is ["serve"])
{
    await Server.RunAsync();
    return 0;
}

var rounds = args is [var text] ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 3000;
var key = ProofKey.New();
using var server = Process.Start(
    new ProcessStartInfo(Environment.ProcessPath!, "serve")
    {
        RedirectStandardOutput = true,
        Environment = { ["DOTNET_gcServer"] = "0", [Server.KeysVariable] = ProofKey.Set(key) },
    }
)!;
try
{
    var address = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.");
    await Driver.RunAsync(new Uri(address), rounds, key);
    return 0;
}
finally
{
    server.Kill();
}
