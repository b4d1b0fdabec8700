namespace HQ.OAuth2;

/// <summary>One key of the key set (RFC 7517 §4): only its public members (RFC 7518 §6.2, §6.3).</summary>
internal sealed record PublishedKey(string Kty, string Use, string Alg, string Kid)
{
    public string? Crv { get; init; }
    public string? X { get; init; }
    public string? Y { get; init; }
    public string? N { get; init; }
    public string? E { get; init; }
}
