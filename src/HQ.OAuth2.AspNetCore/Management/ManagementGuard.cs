using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Marks an endpoint of the management API.</summary>
internal sealed class ManagementEndpoint;

/// <summary>What holds around every management endpoint: no plain http where the issuer is https, a policy of the host's own, JSON only, no answer that anybody keeps.</summary>
internal sealed class ManagementGuard(ILogger<ManagementGuard> logger) : IEndpointFilter
{
    public static bool IsProtected(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        && (
            endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null
        );

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        StatusPages.Disable(http);
        http.Response.Headers.CacheControl = "no-store";
        if (PlainHttp.IsRefused(http))
        {
            // It hands out secrets, and takes what the administrator signs in with.
            await Problem.WriteAsync(http, OAuthError.InsecureTransport);
        }
        else if (!IsProtected(http.GetEndpoint()!))
        {
            logger.ManagementUnprotected();
            await Problem.WriteAsync(http, OAuthError.ManagementUnprotected);
        }
        else if (HasBody(http) && !http.Request.HasJsonContentType())
        {
            // A form of another site can post with the administrator's cookie, but it cannot post JSON without asking first.
            await Problem.WriteAsync(http, OAuthError.UnsupportedMediaType);
        }
        else
        {
            try
            {
                return await next(context);
            }
            catch (Exception) when (http.RequestAborted.IsCancellationRequested)
            {
                // The caller is gone: nobody is to be answered, and nothing failed.
            }
            catch (Exception e) when (!http.Response.HasStarted)
            {
                logger.Failed(e, "management");
                await Problem.WriteAsync(http, OAuthError.From(e));
            }
        }

        return Results.Empty;
    }

    private static bool HasBody(HttpContext http) => HttpMethods.IsPost(http.Request.Method) || HttpMethods.IsPut(http.Request.Method);
}
