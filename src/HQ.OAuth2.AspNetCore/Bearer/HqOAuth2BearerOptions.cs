using Microsoft.AspNetCore.Authentication;

namespace HQ.OAuth2;

/// <summary>How an API takes the server's access tokens, wherever it runs.</summary>
public abstract class HqOAuth2ApiOptions : AuthenticationSchemeOptions
{
    /// <summary>The resource identifiers this API answers to (RFC 8707); a token for none of them is refused.</summary>
    public IList<string> Resources { get; } = [];

    /// <summary>
    /// What a scope lets its holder do besides its own name: with <c>["write"] = ScopeSet.Of("read")</c> a token for write is good where
    /// read is needed. Followed to the end; the user's <c>scope</c> claim has all of it.
    /// </summary>
    public IDictionary<string, ScopeSet> Includes { get; } = new Dictionary<string, ScopeSet>(StringComparer.Ordinal);

    internal ScopeSet WithIncluded(ScopeSet scope)
    {
        while (true)
        {
            var all = ScopeSet.Of(
                scope.Concat(scope.SelectMany(s => Includes.TryGetValue(s, out var included) ? included : ScopeSet.Empty))
            );
            if (all.IsSubsetOf(scope))
                return scope;
            scope = all;
        }
    }
}

/// <summary>How an API in this process takes our access tokens. Without <c>Resources</c> it answers to the server's default resource.</summary>
public sealed class HqOAuth2BearerOptions : HqOAuth2ApiOptions;

/// <summary>Names of the bearer scheme.</summary>
public static class HqOAuth2BearerDefaults
{
    /// <summary>The authentication scheme, of <c>AddHqOAuth2Bearer</c> and of <c>AddHqOAuth2Introspection</c>.</summary>
    public const string AuthenticationScheme = "HqOAuth2Bearer";
}
