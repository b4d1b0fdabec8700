using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// Marks the requests of this process's own doctor, so that its empty token request is answered and not logged as a refusal. The mark is
/// random, and a marked request is never looked at further: nobody can hide an attempt behind it.
/// </summary>
internal sealed class DoctorProbe(TimeProvider time)
{
    private const string Header = "HQ-Doctor";

    private readonly string mark = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Examines this process's own server by requests that are marked.</summary>
    public Task<IReadOnlyList<DoctorFinding>> ExamineAsync(string issuerURL, HttpClient http, CancellationToken ct)
    {
        http.DefaultRequestHeaders.Remove(Header);
        http.DefaultRequestHeaders.Add(Header, mark);
        return IssuerDoctor.ExamineAsync(issuerURL, http, time, ct);
    }

    public bool IsMarked(HttpRequest request) =>
        request.Headers[Header] is [{ } sent] && CryptographicOperations.FixedTimeEquals(Bytes(sent), Bytes(mark));

    private static ReadOnlySpan<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
