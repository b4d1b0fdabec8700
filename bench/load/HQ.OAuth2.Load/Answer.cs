using System.Text;

namespace HQ.OAuth2.Load;

/// <summary>An HTTP answer in the buffer of its connection.</summary>
internal readonly ref struct Answer(int status, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> headers = headers;
    private readonly ReadOnlySpan<byte> body = body;

    /// <summary>The value of a header; the name is in lower case and ends with a colon and a space.</summary>
    public static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name)
    {
        while (headers.IndexOf("\r\n"u8) is >= 0 and var line)
        {
            if (line > name.Length && Ascii.EqualsIgnoreCase(headers[..name.Length], name))
                return headers[name.Length..line];
            headers = headers[(line + 2)..];
        }

        return [];
    }

    /// <summary>Fails unless the answer has this status, and this text in its body.</summary>
    public Answer Expect(int expected, ReadOnlySpan<byte> text = default) =>
        status == expected && body.IndexOf(text) >= 0
            ? this
            : throw new LoadException($"{status}, expected {expected} with {Encoding.UTF8.GetString(text)}: {Text()}");

    /// <summary>The code in the redirect to the client.</summary>
    public string Code()
    {
        var location = Header(headers, "location: "u8);
        if (status is not (302 or 303) || !location.StartsWith(Redirect))
            throw new LoadException($"{status}, expected a redirect to the client: {Text()}");
        return Between(location, "code="u8, (byte)'&');
    }

    /// <summary>A text member of the JSON body, which has no escapes.</summary>
    public string Member(ReadOnlySpan<byte> quoted) =>
        body.IndexOf(quoted) is >= 0 and var at
            ? Between(body[(at + quoted.Length)..], "\""u8, (byte)'"')
            : throw new LoadException($"{Encoding.UTF8.GetString(quoted)} is missing: {Text()}");

    private static ReadOnlySpan<byte> Redirect => "https://app.example.com/cb?"u8;

    private static string Between(ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, byte after)
    {
        var at = text.IndexOf(before);
        if (at < 0)
            throw new LoadException($"{Encoding.UTF8.GetString(before)} is missing: {Encoding.UTF8.GetString(text)}");
        var rest = text[(at + before.Length)..];
        return Encoding.ASCII.GetString(rest.IndexOf(after) is >= 0 and var end ? rest[..end] : rest);
    }

    private string Text() => Encoding.UTF8.GetString(headers) + Encoding.UTF8.GetString(body);
}
