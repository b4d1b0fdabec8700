using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>A set of scope tokens (RFC 6749 §3.3): case-sensitive, without order, without duplicates.</summary>
public sealed class ScopeSet : IEquatable<ScopeSet>, IReadOnlyCollection<string>
{
    /// <summary>
    /// The maximum number of scopes of a server, and of tokens in a request; a request with more is refused before a token is read.
    /// </summary>
    internal const int MaxTokens = 500;

    // RFC 6749 §3.3: printable ASCII without space, quote and backslash.
    private static readonly SearchValues<char> allowed = SearchValues.Create([
        .. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\')),
    ]);

    private readonly string[] tokens;

    private ScopeSet(string[] tokens) => this.tokens = tokens;

    /// <summary>No scope.</summary>
    public static ScopeSet Empty { get; } = new([]);

    /// <summary>How many tokens there are.</summary>
    public int Count => tokens.Length;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => tokens.Length == 0;

    /// <summary>The set of the tokens given.</summary>
    /// <exception cref="ArgumentException">One of them is no scope token.</exception>
    public static ScopeSet Of(params IEnumerable<string> tokens) =>
        TryCreate(tokens, out var set)
            ? set
            : throw new ArgumentException("A scope token has a character that RFC 6749 §3.3 forbids.", nameof(tokens));

    /// <summary>Reads a <c>scope</c> parameter; null reads as the empty set.</summary>
    /// <returns>The set, or <c>invalid_scope</c> when a character is not allowed or the list is too long.</returns>
    public static Outcome<ScopeSet> Parse(string? text)
    {
        var words = (text ?? "").Split(' ', MaxTokens + 1, StringSplitOptions.RemoveEmptyEntries);
        return words.Length <= MaxTokens && TryCreate(words, out var set) ? set : OAuthError.MalformedScope;
    }

    /// <summary>Whether text is one scope token: printable ASCII without space, quote and backslash.</summary>
    internal static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(allowed);

    /// <summary>Whether the set has this token.</summary>
    public bool Contains(string token) => Array.IndexOf(tokens, token) >= 0;

    /// <summary>Whether every token of this set is in the other.</summary>
    public bool IsSubsetOf(ScopeSet other) => Array.TrueForAll(tokens, other.Contains);

    /// <summary>The tokens that are in both, in this set's order.</summary>
    public ScopeSet Intersect(ScopeSet other) => IsSubsetOf(other) ? this : new(Array.FindAll(tokens, other.Contains));

    /// <inheritdoc/>
    public bool Equals(ScopeSet? other) => other is not null && other.Count == Count && IsSubsetOf(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ScopeSet);

    /// <inheritdoc/>
    public override int GetHashCode() => tokens.Aggregate(0, (hash, token) => hash ^ StringComparer.Ordinal.GetHashCode(token));

    /// <summary>The tokens as a <c>scope</c> parameter, separated by spaces.</summary>
    public override string ToString() => string.Join(' ', tokens);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)tokens).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool TryCreate(IEnumerable<string> tokens, [NotNullWhen(true)] out ScopeSet? set)
    {
        // Most scopes have one token, which needs no search for a second one.
        string[] distinct = tokens is string[] { Length: 1 } one ? one : [.. tokens.Distinct(StringComparer.Ordinal)];
        set = Array.TrueForAll(distinct, IsToken) ? new(distinct) : null;
        return set is not null;
    }
}
