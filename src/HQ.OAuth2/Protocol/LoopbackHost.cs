namespace HQ.OAuth2;

/// <summary>The hosts that are this machine itself, so that plain http to them crosses no network.</summary>
internal static class LoopbackHost
{
    private const string Localhost = "localhost";
    private const string BelowLocalhost = "." + Localhost;

    /// <summary>
    /// Whether a host, as text, is loopback: the literals <c>127.0.0.1</c> and <c>[::1]</c> (RFC 8252 §7.3), <c>localhost</c>, or a name
    /// below it (RFC 6761 §6.3). Lower case only, without a period at the end: hosts are compared as text.
    /// </summary>
    public static bool Is(string host) =>
        host is "127.0.0.1" or "[::1]" or Localhost
        || (
            host.Length <= 253
            && host.EndsWith(BelowLocalhost, StringComparison.Ordinal)
            && host[..^BelowLocalhost.Length].Split('.').All(IsLabel)
        );

    // RFC 1123 §2.1
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
