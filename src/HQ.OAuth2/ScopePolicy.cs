namespace HQ.OAuth2;

/// <summary>Which scope a request may have (RFC 6749 §3.3): one rule for every endpoint that grants some.</summary>
internal static class ScopePolicy
{
    /// <summary>The scope by which clients ask for a refresh token; no resource needs it (OpenID Connect Core §11).</summary>
    public const string OfflineAccess = "offline_access";

    /// <summary>Every scope there is.</summary>
    public static ScopeSet All(HqOAuth2Options options) => ScopeSet.Of(options.Scopes.Select(s => s.Name));

    /// <summary>What is granted when nothing says otherwise: the scopes marked as default, else all that destroy nothing.</summary>
    public static ScopeSet Default(HqOAuth2Options options)
    {
        var marked = options.Scopes.Where(s => s.Default).ToList();
        return ScopeSet.Of((marked.Count > 0 ? marked : options.Scopes.Where(s => !s.Destructive)).Select(s => s.Name));
    }

    /// <summary>
    /// What a request asks of the scopes there are (RFC 6749 §3.3): unknown ones are left out, unless the host refuses them. Clients name
    /// <c>offline_access</c> and the scopes of OpenID Connect at servers that have none.
    /// </summary>
    /// <returns>The known scopes, empty when none of them is; <c>invalid_scope</c> for forbidden characters, or for an unknown one that the host refuses.</returns>
    public static Outcome<ScopeSet> Known(string? requested, HqOAuth2Options options)
    {
        if (ScopeSet.Parse(requested).Failed(out var malformed, out var asked))
            return malformed;
        var known = asked.Intersect(All(options));
        return options.UnknownScopes == UnknownScopes.LeaveOut || asked.All(s => s == OfflineAccess || known.Contains(s))
            ? known
            : OAuthError.ScopeNotAllowed.Because($"asked for '{asked}', known is '{All(options)}', and unknownScopes is refuse");
    }

    /// <summary>
    /// The scope that a client's request is about. The registered scope is an <c>api</c> client's ceiling. It is only the default of a
    /// self-registered one, which may step up to any scope of the server, unless an administrator set it.
    /// </summary>
    public static Outcome<ScopeSet> Resolve(string? requested, Client client, HqOAuth2Options options)
    {
        if (Known(requested, options).Failed(out var refused, out var scope))
            return refused;
        var all = All(options);
        var ceiling =
            client.Scope is { } registered && (client.ScopeIsCeiling || !client.IsSelfRegistered) ? registered.Intersect(all) : all;
        if (scope.IsEmpty)
            scope = (client.Scope ?? Default(options)).Intersect(ceiling);
        if (scope.IsEmpty)
            return OAuthError.ScopeMissing.Because("mark a scope with default: true, or register the client with a scope");
        return scope.IsSubsetOf(ceiling)
            ? scope
            : OAuthError.ScopeNotAllowed.Because(
                $"asked for '{scope}', allowed is '{ceiling}': add it to scopes, and to the client's scopes if it has any"
            );
    }
}
