using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// Adds to every answer at our addresses the header by which browsers accept its content type as it is. The filter runs before the host's
/// pipeline, so that answers of other parts at our addresses have it too: routing's 404, 405 and 415, a policy's 401 and 403, a preflight's 204.
/// </summary>
internal sealed class NoSniffFilter(ServerSettings settings, ProtectedResources resources) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            var issuer = settings.Options.Enabled ? settings.Issuer : null;
            string[] roots = issuer is null
                ? []
                :
                [
                    .. issuer.Forms(issuer.Path + "/oauth2"),
                    .. issuer.Forms(issuer.AuthorizationsPath),
                    .. issuer.Forms(issuer.ManagementPath),
                    issuer.MetadataPath,
                ];
            Func<object, Task> set = http => SetAsync((HttpContext)http, roots);
            app.Use(
                (http, rest) =>
                {
                    http.Response.OnStarting(set, http);
                    return rest(http);
                }
            );
            next(app);
        };

    private Task SetAsync(HttpContext http, string[] roots)
    {
        if (
            http.GetEndpoint()?.Metadata.GetMetadata<ServerEndpoint>() is not null
            || RequestPath.IsBelowOne(http, roots)
            || RequestPath.IsBelowOne(http, resources.Paths)
        )
            http.Response.Headers.XContentTypeOptions = "nosniff";
        return Task.CompletedTask;
    }
}
