using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>What holds around every endpoint: no plain http where the issuer is https, and no exception leaves without an OAuth answer.</summary>
internal static class ProtocolGuard
{
    public static RequestDelegate Around(string name, RequestDelegate handler) =>
        async http =>
        {
            var logger = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("HQ.OAuth2.Http");
            try
            {
                if (!IsRefusedPlainHttp(http))
                {
                    await handler(http);
                    return;
                }

                logger.PlainHttp(http.Connection.RemoteIpAddress!.ToString(), HqOAuth2OptionsValidator.Section);
                await FailAsync(http, name, OAuthError.InsecureTransport);
            }
            catch (Exception e) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
            {
                logger.Failed(e, name);
                await FailAsync(http, name, OAuthError.From(e));
            }
        };

    // RFC 6749 §1.6: credentials, codes and tokens travel over TLS. A peer on this machine may be the proxy that ends it.
    private static bool IsRefusedPlainHttp(HttpContext http)
    {
        var options = OAuthHttp.Options(http);
        return !http.Request.IsHttps
            && !options.AllowPlainHttpBehindProxy
            && options.IssuerURL!.StartsWith("https:", StringComparison.Ordinal)
            && http.Connection.RemoteIpAddress is { } peer
            && !IPAddress.IsLoopback(peer);
    }

    private static Task FailAsync(HttpContext http, string name, OAuthError error)
    {
        if (name != "authorize")
            return OAuthHttp.WriteErrorAsync(http, error);
        PageHeaders.Set(http);
        return ErrorPage.Render(http, error, wayBack: null, tryAgain: null).ExecuteAsync(http);
    }
}
