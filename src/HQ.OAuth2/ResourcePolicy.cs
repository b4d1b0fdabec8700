namespace HQ.OAuth2;

/// <summary>Which resources tokens may be for, and what each means (RFC 8707).</summary>
internal sealed class ResourcePolicy(HqOAuth2Options options)
{
    public const string Any = "*";

    private const int MaxResources = 10;

    /// <summary>The audience of a token for which no resource was asked.</summary>
    public string Default => options.DefaultResource ?? options.IssuerURL!;

    /// <summary>An absolute URI without fragment, in printable ASCII (§2).</summary>
    public static bool IsResourceUri(string text) =>
        UriText.IsPlain(text)
        && !text.Contains('#', StringComparison.Ordinal)
        && !text.StartsWith('/')
        && Uri.TryCreate(text, UriKind.Absolute, out _);

    /// <summary>The resources a request is about, as they were configured; the default one when it names none (§2).</summary>
    public Outcome<string[]> Resolve(IReadOnlyList<string> requested)
    {
        var known = new List<string>();
        foreach (var resource in requested)
        {
            if (known.Count == MaxResources || !IsResourceUri(resource) || Known(resource) is not { } identifier)
                return OAuthError.InvalidTarget.Because(
                    $"'{resource}' is neither in resources nor below {options.IssuerURL}: add it to resources, or * for any"
                );
            if (!known.Contains(identifier, StringComparer.Ordinal))
                known.Add(identifier);
        }

        return known.Count > 0 ? known.ToArray() : new[] { Default };
    }

    /// <summary>The part of a grant that a token request asks for; the whole grant when it names no resource (§2.2).</summary>
    public Outcome<string[]> Narrow(IReadOnlyList<string> granted, IReadOnlyList<string> requested)
    {
        if (requested.Count == 0)
            return granted.ToArray();
        if (Resolve(requested).Failed(out var error, out var asked))
            return error;
        return asked.All(r => granted.Any(g => SameResource(g, r)))
            ? granted.Where(g => asked.Any(r => SameResource(g, r))).ToArray()
            : OAuthError.InvalidTarget.Because($"asked for '{string.Join(' ', asked)}', granted was '{string.Join(' ', granted)}'");
    }

    /// <summary>The part of a scope that means something to an audience (RFC 8707 §2.2, RFC 9068 §2.2.3).</summary>
    public ScopeSet Understood(ScopeSet scope, IReadOnlyList<string> audience)
    {
        var entries = audience.Select(Entry).ToList();
        return entries.TrueForAll(e => e is { Scopes.Count: > 0 })
            ? scope.Intersect(ScopeSet.Of(entries.SelectMany(e => e!.Scopes)))
            : scope;
    }

    /// <summary>A scope of which nothing means anything to the audience does not fit it: its token would allow nothing (§2).</summary>
    public OAuthError? Misfit(ScopeSet scope, IReadOnlyList<string> audience) =>
        !scope.IsEmpty && Understood(scope, audience).IsEmpty
            ? OAuthError.InvalidTarget.Because($"no scope of '{scope}' is among those of '{string.Join(' ', audience)}'")
            : null;

    /// <summary>The form of a token for an audience: opaque as soon as one of them wants it.</summary>
    public AccessTokenFormat Format(IReadOnlyList<string> audience) =>
        audience.Max(a => Entry(a)?.AccessTokenFormat ?? options.AccessTokenFormat);

    /// <summary>A resource as pages tell of it.</summary>
    public ConsentResource Describe(string identifier) => new(identifier, Entry(identifier)?.Name, UriText.WithoutScheme(identifier));

    /// <summary>The same but for the case of scheme and host, and a slash when there is no path (MCP 2026-07-28).</summary>
    public static bool SameResource(string a, string b) => Folded(a) == Folded(b);

    private string? Known(string resource)
    {
        if (options.Resources.FirstOrDefault(r => SameResource(r.Identifier, resource)) is { } entry)
            return entry.Identifier;
        if (SameResource(Default, resource))
            return Default;
        return IsBelowIssuer(Folded(resource)) || options.Resources.Any(r => r.Identifier == Any) ? resource : null;
    }

    private bool IsBelowIssuer(string folded)
    {
        var origin = Issuer.Of(options).Origin;
        return folded.StartsWith(origin, StringComparison.Ordinal)
            && (folded.Length == origin.Length || folded[origin.Length] is '/' or '?');
    }

    private ResourceOptions? Entry(string identifier) => options.Resources.FirstOrDefault(r => r.Identifier == identifier);

    private static string Folded(string uri)
    {
        var slashes = uri.IndexOf("://", StringComparison.Ordinal);
        if (slashes < 0)
            return uri;
        var end = uri.AsSpan(slashes + 3).IndexOfAny('/', '?') is var at && at < 0 ? uri.Length : slashes + 3 + at;
        var rest = uri[end..];
        return uri[..end].ToLowerInvariant() + (rest == "/" ? "" : rest);
    }
}
