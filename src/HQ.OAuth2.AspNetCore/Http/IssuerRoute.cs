using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace HQ.OAuth2;

/// <summary>
/// One way in which an app may see an address below the issuer. The issuer's path is public; a host may keep a part of it in PathBase
/// (UsePathBase, an IIS sub-application), a proxy may remove it, a group may have it as its prefix. Each address is mapped once for each way, so
/// that all of them work.
/// </summary>
/// <param name="Issuer">The issuer.</param>
/// <param name="Before">The part of the issuer's path that the app does not see.</param>
/// <param name="Seen">The part that it sees.</param>
/// <param name="Below">The address below the issuer.</param>
internal sealed record IssuerRoute(Issuer Issuer, string Before, string Seen, string Below)
{
    public string Pattern => Seen + Below;

    /// <summary>Whether the app sees the whole path.</summary>
    public bool IsWhole => Before.Length == 0;

    /// <param name="issuer">The issuer.</param>
    /// <param name="path">A path below it, the issuer's own path included.</param>
    public static IEnumerable<IssuerRoute> Of(Issuer issuer, string path) =>
        issuer.Splits.Select(s => new IssuerRoute(issuer, s.Before, s.Seen, path[issuer.Path.Length..]));

    /// <summary>A convention that puts a mapped endpoint at the address that follows from the issuer, in any group.</summary>
    /// <exception cref="InvalidOperationException">The group's prefix is no part of the issuer's path; the message says what to change.</exception>
    public void Place(EndpointBuilder endpoint)
    {
        if (!TryPlace((RouteEndpointBuilder)endpoint, out var prefix))
            throw new InvalidOperationException(
                $"The server is mapped in a group with the prefix {prefix}, but the issuer {Issuer.Value} does not end with it, so no client "
                    + $"would find the endpoints: map outside of the group, app.MapHqOAuth2(), or set "
                    + $"{HqOAuth2Options.Section}:issuerURL to {Issuer.Value}{prefix}."
            );
    }

    /// <summary>
    /// The same for an endpoint that no discovery document names: in a group with another prefix it stays where the host mapped it.
    /// </summary>
    public void PlaceOrLeave(EndpointBuilder endpoint)
    {
        if (!TryPlace((RouteEndpointBuilder)endpoint, out _) && !IsWhole)
            endpoint.Metadata.Add(new SuppressMatchingMetadata());
    }

    private bool TryPlace(RouteEndpointBuilder route, out string prefix)
    {
        if (!IsWhole)
            route.Metadata.Add(new ShortForm());
        var mapped = "/" + route.RoutePattern.RawText?.Trim('/');
        var below = mapped.LastIndexOf(Below, StringComparison.Ordinal);
        prefix = mapped[..(below - Seen.Length)];
        if (!Issuer.Path.EndsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return false;
        route.Metadata.Add(new PublicBase(Before));
        // The prefix is a part of the issuer's path already. A form that is shorter than the prefix is not the address that the host chose.
        if (!Seen.EndsWith(prefix, StringComparison.OrdinalIgnoreCase))
            route.Metadata.Add(new SuppressMatchingMetadata());
        else if (prefix.Length > 0)
            route.RoutePattern = RoutePatternFactory.Parse(Seen + mapped[below..]);
        return true;
    }

    /// <summary>A convention that puts an endpoint at the root of the host, in any group (RFC 8414 §3.1, RFC 9728 §3.1).</summary>
    public static Action<EndpointBuilder> AtRoot(string pattern) =>
        endpoint => ((RouteEndpointBuilder)endpoint).RoutePattern = RoutePatternFactory.Parse(pattern);
}
