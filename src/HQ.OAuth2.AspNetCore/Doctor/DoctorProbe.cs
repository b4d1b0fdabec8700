using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// Marks the requests of this process's own doctor, so that its empty token request is answered and not logged as a refusal. The mark is
/// random, and a marked request is never looked at further: nobody can hide an attempt behind it.
/// </summary>
internal sealed class DoctorProbe
{
    private const string Header = "HQ-Doctor";

    private readonly string mark = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    public void Mark(HttpClient http)
    {
        http.DefaultRequestHeaders.Remove(Header);
        http.DefaultRequestHeaders.Add(Header, mark);
    }

    public bool IsMarked(HttpRequest request) =>
        request.Headers[Header] is [{ } sent] && CryptographicOperations.FixedTimeEquals(Bytes(sent), Bytes(mark));

    private static ReadOnlySpan<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
