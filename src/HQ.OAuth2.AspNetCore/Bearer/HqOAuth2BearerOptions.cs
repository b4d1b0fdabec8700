using Microsoft.AspNetCore.Authentication;

namespace HQ.OAuth2;

/// <summary>How an API accepts the server's access tokens, in the server's process or in another.</summary>
public abstract class HqOAuth2ApiOptions : AuthenticationSchemeOptions
{
    /// <summary>The resource identifiers of this API (RFC 8707); a token for none of them is refused.</summary>
    public IList<string> Resources { get; } = [];

    /// <summary>
    /// The other scopes that a scope includes: with <c>["write"] = ScopeSet.Of("read")</c> a token for write is accepted where read is needed.
    /// Scopes that are included indirectly count too; the user's <c>scope</c> claim has all of them.
    /// </summary>
    public IDictionary<string, ScopeSet> Includes { get; } = new Dictionary<string, ScopeSet>(StringComparer.Ordinal);

    /// <summary>
    /// Whether only tokens that are bound to a key of the client are accepted (RFC 9449); otherwise bearer tokens are accepted too. A resource of
    /// this process with <see cref="ResourceOptions.RequireDpop"/> needs no second setting. Default false.
    /// </summary>
    public bool RequireDpop { get; set; }

    /// <summary>
    /// The public address of the app's root, for instance <c>https://app.example.com/notes</c>: what the proof of a client names (RFC 9449 §4.3) is
    /// this address and the path of the request. Null = scheme and host of <see cref="Resources"/>, and of the issuer in its own process, with
    /// <c>PathBase</c> and path; a host behind a proxy that removes a part of the path without a header sets it.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><see cref="PublicUrl"/> is no absolute http or https URL.</exception>
    public override void Validate()
    {
        base.Validate();
        if (PublicUrl is { } url && ProofTarget.Of(url) is null)
            throw new ArgumentException(
                $"PublicUrl = {url} is no absolute https URL: write for instance https://app.example.com.",
                nameof(PublicUrl)
            );
    }

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

/// <summary>How an API in this process accepts our access tokens. Without <c>Resources</c> it is the server's default resource.</summary>
public sealed class HqOAuth2BearerOptions : HqOAuth2ApiOptions;

/// <summary>Names of the bearer scheme.</summary>
public static class HqOAuth2BearerDefaults
{
    /// <summary>The authentication scheme, of <c>AddHqOAuth2Bearer</c> and of <c>AddHqOAuth2Introspection</c>.</summary>
    public const string AuthenticationScheme = "HqOAuth2Bearer";
}
