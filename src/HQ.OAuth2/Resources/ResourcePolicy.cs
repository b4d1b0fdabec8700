namespace HQ.OAuth2;

/// <summary>Which resources tokens may be for, and which scopes each of them understands (RFC 8707).</summary>
internal sealed class ResourcePolicy
{
    public const string Any = "*";

    private const int MaxResources = 10;

    private readonly HqOAuth2Options options;
    private readonly string origin;
    private readonly Dictionary<string, ResourceOptions> entries;
    private readonly Lock gate = new();
    private readonly bool limitsScopes;
    private readonly bool demandsProofs;
    private volatile string[] named;

    public ResourcePolicy(HqOAuth2Options options)
    {
        this.options = options;
        origin = Issuer.TryParse(options.IssuerURL, out var issuer, out _) ? issuer.Origin : "";
        // The validator reports an identifier that is listed twice.
        entries = options
            .Resources.GroupBy(r => r.Identifier, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        limitsScopes = entries.Values.Any(e => e.Scopes.Count > 0);
        demandsProofs = entries.Values.Any(e => e.RequireDpop);
        named =
        [
            .. options.Resources.Select(r => r.Identifier).Where(r => r != Any),
            .. options.DefaultResource is { } chosen ? [chosen] : Array.Empty<string>(),
        ];
    }

    /// <summary>The audience of a token for which no resource was asked.</summary>
    public string Default => options.DefaultResource ?? options.IssuerURL!;

    /// <summary>The resources that the host names, in the configuration or for its APIs; the default one when it names none.</summary>
    public IReadOnlyList<string> Named => named.Length > 0 ? [.. named.Distinct(StringComparer.Ordinal)] : [Default];

    /// <summary>An absolute URI without fragment, in printable ASCII (§2).</summary>
    public static bool IsResourceUri(string text) =>
        UriText.IsPlain(text)
        && !text.Contains('#', StringComparison.Ordinal)
        && !text.StartsWith('/')
        && Uri.TryCreate(text, UriKind.Absolute, out _);

    /// <summary>The resources that a request names, in their configured form; the default resource when it names none (§2).</summary>
    public Outcome<string[]> Resolve(IReadOnlyList<string> requested)
    {
        var known = new List<string>();
        foreach (var resource in requested)
        {
            if (known.Count == MaxResources)
                return OAuthError.InvalidTarget.Because($"more than {MaxResources} resources are named");
            if (!IsResourceUri(resource) || Known(resource) is not { } identifier)
                return Refuse(resource);
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

    /// <summary>The part of a scope that an audience understands (RFC 8707 §2.2, RFC 9068 §2.2.3).</summary>
    public ScopeSet Understood(ScopeSet scope, IReadOnlyList<string> audience)
    {
        if (!limitsScopes)
            return scope;
        var entries = audience.Select(Entry).ToList();
        return entries.TrueForAll(e => e is { Scopes.Count: > 0 })
            ? scope.Intersect(ScopeSet.Of(entries.SelectMany(e => e!.Scopes)))
            : scope;
    }

    /// <summary>The error when the audience understands none of the requested scopes: the token would allow nothing (RFC 8707 §2).</summary>
    public OAuthError? ScopeMismatch(ScopeSet scope, IReadOnlyList<string> audience) =>
        !scope.IsEmpty && Understood(scope, audience).IsEmpty
            ? OAuthError.InvalidTarget.Because($"no scope of '{scope}' is among those of '{string.Join(' ', audience)}'")
            : null;

    /// <summary>The error for a request without a proof when a resource of the audience demands tokens that are bound to a key (RFC 9449).</summary>
    public OAuthError? DemandsProof(IReadOnlyList<string> audience) =>
        demandsProofs && audience.FirstOrDefault(DemandsProof) is { } resource
            ? OAuthError.ProofMissing.Because($"requireDpop of the resource {resource} demands one")
            : null;

    /// <summary>Whether a resource demands tokens that are bound to a key.</summary>
    public bool DemandsProof(string identifier) =>
        demandsProofs && entries.Values.Any(e => e.RequireDpop && SameResource(e.Identifier, identifier));

    /// <summary>Whether one of these resources does.</summary>
    public bool OneDemandsProof(IEnumerable<string> identifiers) => demandsProofs && identifiers.Any(DemandsProof);

    /// <summary>The part of an audience that accepts tokens without a proof.</summary>
    public IReadOnlyList<string> WithoutProof(IReadOnlyList<string> audience) =>
        OneDemandsProof(audience) ? [.. audience.Where(a => !DemandsProof(a))] : audience;

    /// <summary>The form of a token for an audience: opaque if one of the resources requires it.</summary>
    public AccessTokenFormat Format(IReadOnlyList<string> audience) =>
        entries.Count == 0 ? options.AccessTokenFormat : audience.Max(a => Entry(a)?.AccessTokenFormat ?? options.AccessTokenFormat);

    /// <summary>The host's name for a resource; null when it has none.</summary>
    public string? NameOf(string identifier) => Entry(identifier)?.Name;

    /// <summary>Whether a resource is this server itself.</summary>
    public bool IsServer(string identifier) => options.IssuerURL is { } issuer && SameResource(identifier, issuer);

    /// <summary>
    /// Whether two identifiers name one resource: they may differ in the case of scheme and host, and in a slash when there is no path (MCP
    /// 2026-07-28).
    /// </summary>
    public static bool SameResource(string a, string b) => Folded(a) == Folded(b);

    // If only a trailing slash differs from the resource of an API here, the token gets the identifier that this API compares.
    private string? Known(string resource)
    {
        var folded = Folded(resource);
        // A bare host stands for the API on it, if there is only one. The issuer is the default resource only while nothing else is configured.
        if (folded == origin && !named.Any(r => Folded(r) == folded))
        {
            var there = OfOrigin(folded);
            if (there is [var only])
                return only;
            if (there.Count > 1)
                return options.DefaultResource is { } chosen && OriginOf(Folded(chosen)) == folded ? chosen : null;
        }

        if (All.FirstOrDefault(r => SameResource(r, resource)) is { } identifier)
            return identifier;
        if (!Allows(resource))
            return null;
        return All.FirstOrDefault(r => DiffersBySlash(r, resource)) ?? resource;
    }

    /// <summary>Whether the host allows tokens for a resource: it is listed, or below the issuer's origin.</summary>
    public bool Allows(string resource) =>
        options.Resources.Any(r => r.Identifier == Any || SameResource(r.Identifier, resource))
        || SameResource(Default, resource)
        || IsBelowIssuer(Folded(resource));

    private OAuthError Refuse(string resource)
    {
        var nearest = IsResourceUri(resource)
            ? All.FirstOrDefault(r => DiffersBySlash(r, resource))
                ?? (OfOrigin(Folded(resource)) is { Count: > 0 } there ? string.Join(" or ", there.Take(3)) : null)
            : null;
        return (nearest is null ? OAuthError.InvalidTarget : OAuthError.TargetIsNamed(nearest)).Because(
            $"'{resource}' is neither in resources nor below {options.IssuerURL}: add it to resources, or * for any"
        );
    }

    /// <summary>Adds the resources of an API of this host, so that tokens may be for them. Called while the host is built.</summary>
    public void Serve(string identifier)
    {
        lock (gate)
        {
            if (Allows(identifier) && !named.Contains(identifier, StringComparer.Ordinal))
                named = [.. named, identifier];
        }
    }

    // The resources that the host named, in the configuration or for its APIs, and the default one.
    private IEnumerable<string> All => named.Append(Default);

    // The resources that the host named below a bare origin.
    private List<string> OfOrigin(string origin) => [.. named.Where(r => OriginOf(Folded(r)) == origin).Distinct(StringComparer.Ordinal)];

    private static string OriginOf(string folded) => folded[..EndOfOrigin(folded)];

    private static bool DiffersBySlash(string a, string b)
    {
        var (x, y) = (Folded(a), Folded(b));
        return x == y + "/" || y == x + "/";
    }

    private bool IsBelowIssuer(string folded)
    {
        return folded.StartsWith(origin, StringComparison.Ordinal)
            && (folded.Length == origin.Length || folded[origin.Length] is '/' or '?');
    }

    private ResourceOptions? Entry(string identifier) => entries.GetValueOrDefault(identifier);

    private static string Folded(string uri)
    {
        var end = EndOfOrigin(uri);
        var rest = uri[end..];
        return uri[..end].ToLowerInvariant() + (rest == "/" ? "" : rest);
    }

    // The index at which scheme and authority end; 0 = there is no authority.
    private static int EndOfOrigin(string uri)
    {
        var slashes = uri.IndexOf("://", StringComparison.Ordinal);
        if (slashes < 0)
            return 0;
        var length = uri.AsSpan(slashes + 3).IndexOfAny('/', '?');
        return length < 0 ? uri.Length : slashes + 3 + length;
    }
}
