using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// The rule about plain http (RFC 6749 §1.6, RFC 6750 §5.3): if the addresses are https, credentials, codes and tokens are not accepted from
/// another machine over http. A peer on this machine may be the proxy that ends TLS; a peer without an address is a local socket.
/// </summary>
internal static class PlainHttp
{
    /// <summary>Whether a request must be refused; if so, the peer and the fix are logged.</summary>
    /// <param name="http">The request.</param>
    /// <param name="isAllowed">Whether the host has a proxy that ends TLS, and says so.</param>
    /// <param name="addresses">The issuer's identifier or the API's own: if one of them is https, clients have no reason to use http.</param>
    /// <param name="setting">The setting that the host may change, for the log.</param>
    public static bool IsRefused(HttpContext http, bool isAllowed, ReadOnlySpan<string?> addresses, string setting)
    {
        if (
            http.Request.IsHttps
            || isAllowed
            || http.Connection.RemoteIpAddress is not { } peer
            || IPAddress.IsLoopback(peer)
            || !IsOneHttps(addresses)
        )
            return false;
        http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("HQ.OAuth2.Http").PlainHttp(peer.ToString(), setting);
        return true;
    }

    private static bool IsOneHttps(ReadOnlySpan<string?> addresses)
    {
        foreach (var address in addresses)
        {
            if (address?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true)
                return true;
        }

        return false;
    }

    /// <summary>The same for the endpoints and the APIs of the server in this process.</summary>
    public static bool IsRefused(HttpContext http)
    {
        var options = OAuthHttp.Settings(http).Options;
        return IsRefused(
            http,
            options.AllowPlainHttpBehindProxy,
            [options.IssuerURL],
            HqOAuth2Options.Section + ":allowPlainHttpBehindProxy"
        );
    }
}
