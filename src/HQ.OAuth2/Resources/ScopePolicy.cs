namespace HQ.OAuth2;

/// <summary>Which scope a request may have (RFC 6749 §3.3): one rule for every endpoint that grants scopes.</summary>
internal sealed class ScopePolicy
{
    /// <summary>The scope by which clients ask for a refresh token; no resource needs it (OpenID Connect Core §11).</summary>
    public const string OfflineAccess = "offline_access";

    private readonly bool refusesUnknown;

    public ScopePolicy(HqOAuth2Options options)
    {
        // The validator reports a name that is no scope token.
        var scopes = options.Scopes.Where(s => ScopeSet.IsToken(s.Name)).ToList();
        All = ScopeSet.Of(scopes.Select(s => s.Name));
        Default = ScopeSet.Of(
            (scopes.Exists(s => s.Default) ? scopes.Where(s => s.Default) : scopes.Where(s => !s.Destructive)).Select(s => s.Name)
        );
        refusesUnknown = options.UnknownScopes == UnknownScopes.Refuse;
    }

    /// <summary>Every known scope.</summary>
    public ScopeSet All { get; }

    /// <summary>The scope that is granted by default: the scopes marked as default, else all that are not destructive.</summary>
    public ScopeSet Default { get; }

    /// <summary>
    /// The known scopes of a request (RFC 6749 §3.3): unknown ones are left out, unless the host refuses them. Clients request
    /// <c>offline_access</c> and the scopes of OpenID Connect also from servers that do not have them.
    /// </summary>
    /// <returns>The known scopes, empty when none of them is; <c>invalid_scope</c> for forbidden characters, or for an unknown one that the host refuses.</returns>
    public Outcome<ScopeSet> Known(string? requested)
    {
        if (ScopeSet.Parse(requested).Failed(out var malformed, out var asked))
            return malformed;
        var known = asked.Intersect(All);
        return !refusesUnknown || asked.All(s => s == OfflineAccess || known.Contains(s))
            ? known
            : OAuthError.ScopeNotAllowed.Because($"asked for '{asked}', known is '{All}', and unknownScopes is refuse");
    }

    /// <summary>The scope that a request is about.</summary>
    /// <param name="requested">The requested scope; null = none.</param>
    /// <param name="registered">The registered scope of the client, which is its default; null = none.</param>
    /// <param name="isCeiling">Whether the client may have no more than its registered scope.</param>
    public Outcome<ScopeSet> Resolve(string? requested, ScopeSet? registered, bool isCeiling)
    {
        if (Known(requested).Failed(out var refused, out var scope))
            return refused;
        var ceiling = isCeiling && registered is not null ? registered.Intersect(All) : All;
        if (scope.IsEmpty)
            scope = (registered ?? Default).Intersect(ceiling);
        if (scope.IsEmpty)
            return OAuthError.ScopeMissing.Because("mark a scope with default: true, or register the client with a scope");
        return scope.IsSubsetOf(ceiling)
            ? scope
            : OAuthError.ScopeNotAllowed.Because(
                $"asked for '{scope}', allowed is '{ceiling}': add it to scopes, and to the client's scopes if it has any"
            );
    }
}
