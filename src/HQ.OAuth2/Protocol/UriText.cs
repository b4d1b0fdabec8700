using System.Buffers;

namespace HQ.OAuth2;

/// <summary>URIs as text. They are compared as text, so nothing here parses a URI and writes it again.</summary>
internal static class UriText
{
    private const int MaxLength = 2048;

    // RFC 3986 §2: unreserved, reserved, and the percent sign.
    private static readonly SearchValues<char> characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"
    );

    /// <summary>Whether a text has only characters of a URI, and is not too long.</summary>
    public static bool IsPlain(string text) => text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExcept(characters);

    /// <summary>Host and path, for people to read; a URI without a host is shown whole.</summary>
    public static string WithoutScheme(string uri) =>
        uri.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end ? uri[(end + 3)..] : uri;

    public static bool IsHttps(string uri) => uri.StartsWith("https://", StringComparison.Ordinal);

    public static bool IsLoopback(string uri) => TrySplitLoopback(uri, out _, out _);

    /// <summary>Whether a checked redirect URI opens an app by a scheme of its own (RFC 8252 §7.1).</summary>
    public static bool IsPrivateUse(string uri) => !IsHttps(uri) && !IsLoopback(uri);

    /// <summary>Whether a text is an https URL with a plain host and no fragment, fit for a page or a header.</summary>
    public static bool IsPlainHttpsUrl(string uri) => IsPlain(uri) && HasPlainAuthority(uri) && !uri.AsSpan().ContainsAny('#', '*');

    /// <summary>The host (with port) of a web redirect, or the scheme of a private-use one: the part that a user can recognise.</summary>
    public static string DisplayHost(string uri)
    {
        // Do not test for "http" alone: http.example.app is a scheme too, and no host follows it.
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        if (!IsHttps(uri) && !uri.StartsWith("http://", StringComparison.Ordinal))
            return uri[..(colon + 1)];
        var rest = uri.AsSpan(colon + 3);
        return new(rest.IndexOfAny('/', '?') is >= 0 and var end ? rest[..end] : rest);
    }

    /// <summary>Divides an http URI of this machine into its host, without the port, and the rest after host and port.</summary>
    public static bool TrySplitLoopback(string uri, out string host, out string rest)
    {
        (host, rest) = ("", "");
        if (!uri.StartsWith("http://", StringComparison.Ordinal))
            return false;
        var authority = DisplayHost(uri);
        (host, var port) = SplitPort(authority);
        rest = uri["http://".Length..][authority.Length..];
        return LoopbackHost.Is(host) && (port.Length == 0 || IsPort(port));
    }

    // The port keeps its colon, so that a colon alone is no port.
    private static (string Host, string Port) SplitPort(string authority)
    {
        var at = authority.EndsWith(']') ? -1 : authority.LastIndexOf(':');
        return at < 0 ? (authority, "") : (authority[..at], authority[at..]);
    }

    private static bool IsPort(string text) =>
        text.Length is >= 2 and <= 6
        && text[0] == ':'
        && text[1] is >= '1' and <= '9'
        && text[1..].All(char.IsAsciiDigit)
        && int.Parse(text[1..]) <= 65535;

    /// <summary>Whether an https URI has a host, and no user name or anything else that clients read in different ways.</summary>
    public static bool HasPlainAuthority(string uri)
    {
        if (!IsHttps(uri))
            return false;
        var authority = DisplayHost(uri);
        var (host, port) = SplitPort(authority);
        return (port.Length == 0 || IsPort(port))
            && Uri.CheckHostName(host) != UriHostNameType.Unknown
            && host.All(IsHostCharacter)
            && (!EndsInNumber(host) || IsPlainIPv4(host))
            && host.Contains(':', StringComparison.Ordinal) == host.StartsWith('[');
    }

    // Browsers read a host whose last label is a number as an IPv4 address, and write it in four parts: 2130706433 and 0x7f.1 are 127.0.0.1
    // (WHATWG URL §3.5). A user would be shown another host than the one the browser goes to.
    private static bool EndsInNumber(string host)
    {
        var last = host.TrimEnd('.').Split('.')[^1];
        return last.All(char.IsAsciiDigit)
            || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last[2..].All(char.IsAsciiHexDigit));
    }

    private static bool IsPlainIPv4(string host) =>
        System.Net.IPAddress.TryParse(host, out var address)
        && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
        && address.ToString() == host;

    private static bool IsHostCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '[' or ']';
}
