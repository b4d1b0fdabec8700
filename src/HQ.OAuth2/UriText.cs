using System.Buffers;

namespace HQ.OAuth2;

/// <summary>URIs as text. They are compared as text, so nothing here parses and puts together again.</summary>
internal static class UriText
{
    private const int MaxLength = 2048;

    // RFC 3986 §2: unreserved, reserved, and the percent sign.
    private static readonly SearchValues<char> characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"
    );

    /// <summary>Whether a text has only characters of a URI, and a bearable length.</summary>
    public static bool IsPlain(string text) => text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExcept(characters);

    /// <summary>Host and path, for people to read; a URI without a host is shown whole.</summary>
    public static string WithoutScheme(string uri) =>
        uri.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end ? uri[(end + 3)..] : uri;
}
