using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// CORS by the rules of the protocol (RFC 9700 §2.6, OAuth 2.1 §9): any origin, never with credentials, at the endpoints that browser apps call;
/// never at the authorization endpoint. The filter runs before the host's pipeline, so that no global policy of the host changes that.
/// </summary>
internal sealed class CrossOriginFilter(ServerSettings settings, ProtectedResources resources) : IStartupFilter
{
    private const int MaxAskedHeaders = 2000;

    private static readonly string[] alwaysAllowed = ["Authorization", "Content-Type", "DPoP", "MCP-Protocol-Version"];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            // A host without the server may still have protected resources.
            var issuer = settings.Options.Enabled ? settings.Issuer : null;
            string[] open = issuer is null
                ? []
                :
                [
                    issuer.MetadataPath,
                    .. settings.Options.RootMetadata ? [Issuer.RootMetadataPath] : Array.Empty<string>(),
                    .. issuer.Forms(issuer.TokenPath),
                    .. settings.Options.PushedAuthorizationRequests ? issuer.Forms(issuer.PushedAuthorizationPath) : [],
                    .. settings.Options.DeviceAuthorization ? issuer.Forms(issuer.DeviceAuthorizationPath) : [],
                    .. issuer.Forms(issuer.RegisterPath),
                    .. issuer.Forms(issuer.RevokePath),
                    .. issuer.Forms(issuer.JwksPath),
                ];
            string[] closed = issuer is null
                ? []
                :
                [
                    .. issuer.Forms(issuer.AuthorizePath),
                    .. settings.Options.DeviceAuthorization ? issuer.Forms(issuer.DevicePath) : [],
                    .. issuer.Forms(issuer.ConnectedAppsPath),
                    .. issuer.Forms(issuer.AuthorizationsPath),
                    .. issuer.Forms(issuer.PersonalTokensPath),
                ];
            app.Use((http, rest) => InvokeAsync(http, rest, open, closed));

            next(app);
        };

    private Task InvokeAsync(HttpContext http, RequestDelegate next, string[] open, string[] closed)
    {
        // Registered first, so it runs last: after the headers of the host's own CORS policy.
        if (RequestPath.IsBelowOne(http, closed))
            http.Response.OnStarting(Remove, http.Response.Headers);
        if (!RequestPath.IsOne(http, open) && !RequestPath.IsOne(http, resources.Paths))
            return next(http);

        // Sent with and without an Origin header, so that a cache may give one answer to every caller.
        http.Response.OnStarting(Allow, http.Response.Headers);
        if (!HttpMethods.IsOptions(http.Request.Method) || !http.Request.Headers.ContainsKey("Access-Control-Request-Method"))
            return next(http);

        var headers = http.Response.Headers;
        headers.AccessControlAllowMethods = "GET, HEAD, POST";
        headers.AccessControlAllowHeaders = AllowedHeaders(http.Request.Headers.AccessControlRequestHeaders.ToString());
        headers.Vary = "Access-Control-Request-Headers";
        headers.AccessControlMaxAge = "3600";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    // Clients send headers of their own (tracing, versions), and never with credentials: each requested header with a valid name is allowed, up
    // to a limit.
    private static string AllowedHeaders(string asked)
    {
        var names = asked.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var isProper = asked.Length <= MaxAskedHeaders && names.All(name => name.All(IsTokenCharacter));
        return string.Join(", ", alwaysAllowed.Concat(isProper ? names : []).Distinct(StringComparer.OrdinalIgnoreCase));
    }

    // RFC 9110 §5.6.2
    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);

    private static Task Allow(object state)
    {
        var headers = (IHeaderDictionary)state;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "WWW-Authenticate, Retry-After, DPoP-Nonce";
        headers.Remove("Access-Control-Allow-Credentials");
        return Task.CompletedTask;
    }

    private static Task Remove(object state)
    {
        var headers = (IHeaderDictionary)state;
        List<string>? found = null;
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase))
                (found ??= []).Add(name);
        }

        found?.ForEach(name => headers.Remove(name));
        return Task.CompletedTask;
    }
}
