using HQ.OAuth2;

namespace QuickStart;

/// <summary>The command <c>doctor [issuer]</c>: what would break the clients of a server that runs.</summary>
internal static class Doctor
{
    /// <returns>0 when nothing was found.</returns>
    public static async Task<int> RunAsync(string issuer)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
        var findings = await IssuerDoctor.ExamineAsync(issuer, http, TimeProvider.System, CancellationToken.None);
        foreach (var finding in findings)
            Console.WriteLine($"  problem  {finding.Problem}\n  fix      {finding.Fix}\n");
        Console.WriteLine(findings.Count == 0 ? $"{issuer}: nothing that breaks clients was found." : $"{issuer}: {findings.Count} found.");
        return findings.Count == 0 ? 0 : 1;
    }
}
