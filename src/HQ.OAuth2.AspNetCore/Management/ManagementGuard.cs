using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Marks an endpoint of the management API.</summary>
internal sealed class ManagementEndpoint;

/// <summary>Where a host mapped the management API, so that its policies can be looked at before anybody can call it.</summary>
internal sealed class ManagementRoutes
{
    private readonly List<IEndpointRouteBuilder> builders = [];

    public void Add(IEndpointRouteBuilder endpoints) => builders.Add(endpoints);

    /// <summary>Whether clients are to be managed at all.</summary>
    public bool IsMapped => builders.Count > 0;

    /// <summary>What is wrong with the policies; null when every endpoint has one. A group in a group is looked at when it is called.</summary>
    public string? Problem() =>
        builders
            .Where(b => b is not RouteGroupBuilder)
            .SelectMany(b => b.DataSources)
            .SelectMany(s => s.Endpoints)
            .Where(e => e.Metadata.GetMetadata<ManagementEndpoint>() is not null)
            .FirstOrDefault(e => !ManagementGuard.IsProtected(e))
            is { } open
            ? $"MapHqOAuth2Management() is open to everybody ({open.DisplayName}): put a policy of yours on it, for instance "
                + "app.MapHqOAuth2Management().RequireAuthorization(\"admin\"). A fallback policy does not count, and AllowAnonymous is not for it."
            : null;
}

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
