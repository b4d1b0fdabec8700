using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HQ.OAuth2;

/// <summary>
/// The parameters of one request, as they came: names compared ordinally, an empty value counts as absent, and each may
/// appear once (RFC 6749 §3.1 and §3.2; <c>resource</c> and <c>audience</c> may repeat, RFC 8707 §2, RFC 8693 §2.1).
/// </summary>
public sealed class OAuthParameters
{
    /// <summary>The maximum size of a request body or query in bytes; a larger one is refused unread.</summary>
    internal const int MaxBytes = 64 * 1024;

    internal const int MaxPairs = 100;

    private readonly List<KeyValuePair<string, string>> pairs;

    private OAuthParameters(List<KeyValuePair<string, string>> pairs) => this.pairs = pairs;

    /// <summary>No parameters.</summary>
    internal static OAuthParameters Empty { get; } = new([]);

    /// <summary>The value of a parameter; null when it is absent or empty. Of a repeated one, the first.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var pair in pairs)
            {
                if (pair.Key == name && pair.Value.Length > 0)
                    return pair.Value;
            }

            return null;
        }
    }

    /// <summary>The name of a parameter that appears more than once and may not; null when there is none.</summary>
    internal string? Repeated
    {
        get
        {
            // There are at most a hundred, so a search among those before is cheaper than a set.
            for (var i = 1; i < pairs.Count; i++)
            {
                var name = pairs[i].Key;
                if (name is not ("resource" or "audience") && IsAmong(name, CollectionsMarshal.AsSpan(pairs)[..i]))
                    return name;
            }

            return null;
        }
    }

    /// <summary>Reads form-encoded text, a body or a query without its question mark.</summary>
    /// <returns>The parameters, or <c>invalid_request</c> when the text is too long, has too many pairs or does not decode.</returns>
    internal static Outcome<OAuthParameters> Parse(ReadOnlySpan<byte> form)
    {
        if (form.IsEmpty)
            return Empty;
        if (form.Length > MaxBytes)
            return OAuthError.RequestTooLarge;
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var range in form.Split((byte)'&'))
        {
            var pair = form[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf((byte)'=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            if (pairs.Count == MaxPairs || !FormEncoding.TryDecode(name, out var n) || !FormEncoding.TryDecode(value, out var v))
                return OAuthError.MalformedForm;
            pairs.Add(new(n, v));
        }

        return new OAuthParameters(pairs);
    }

    /// <summary>The parameters given, in order.</summary>
    internal static OAuthParameters Of(params IEnumerable<(string Name, string Value)> parameters) =>
        new([.. parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))]);

    /// <summary>Every non-empty value of a parameter that may repeat, in order.</summary>
    public IReadOnlyList<string> All(string name) =>
        this[name] is null ? [] : [.. pairs.Where(p => p.Key == name && p.Value.Length > 0).Select(p => p.Value)];

    /// <summary>Whether a parameter appears more than once.</summary>
    internal bool IsRepeated(string name) => pairs.FindIndex(p => p.Key == name) != pairs.FindLastIndex(p => p.Key == name);

    /// <summary>The names that appear, in order, with repetitions.</summary>
    public IEnumerable<string> Names => pairs.Select(p => p.Key);

    /// <summary>The length of <see cref="ToQuery"/>.</summary>
    internal int QueryLength
    {
        get
        {
            var length = Math.Max(0, pairs.Count - 1);
            foreach (var (name, value) in pairs)
                length += FormEncoding.EncodedLength(name) + 1 + FormEncoding.EncodedLength(value);
            return length;
        }
    }

    /// <summary>The same parameters as form-encoded text.</summary>
    internal string ToQuery()
    {
        var text = new DefaultInterpolatedStringHandler(0, 0);
        var separator = "";
        foreach (var (name, value) in pairs)
        {
            text.AppendLiteral(separator);
            text.AppendLiteral(FormEncoding.Encode(name));
            text.AppendLiteral("=");
            text.AppendLiteral(FormEncoding.Encode(value));
            separator = "&";
        }

        return text.ToStringAndClear();
    }

    private static bool IsAmong(string name, ReadOnlySpan<KeyValuePair<string, string>> pairs)
    {
        foreach (var pair in pairs)
        {
            if (pair.Key == name)
                return true;
        }

        return false;
    }
}
