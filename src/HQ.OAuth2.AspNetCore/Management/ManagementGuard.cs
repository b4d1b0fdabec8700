using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Marks an endpoint of the management API.</summary>
internal sealed class ManagementEndpoint;

/// <summary>
/// The edge around every management endpoint, with three more rules: a policy of the host's own, JSON only, and no cached answers.
/// </summary>
internal sealed class ManagementGuard(ILogger<ManagementGuard> logger) : IEndpointFilter
{
    /// <summary>The name of all its endpoints in logs, metrics and traces.</summary>
    public const string Name = "management";

    public static bool IsProtected(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        && (
            endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null
        );

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        // The API returns secrets, and accepts the administrator's session.
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        await Edge.RunAsync(
            context.HttpContext,
            Name,
            Problem.WriteAsync,
            async http =>
                Refusal(http) is { } error ? error
                : await next(context) is var answer && answer is Reply reply ? reply
                : Reply.Of(there => answer is IResult hosts ? hosts.ExecuteAsync(there) : Task.CompletedTask)
        );
        return Results.Empty;
    }

    private OAuthError? Refusal(HttpContext http)
    {
        if (!IsProtected(http.GetEndpoint()!))
        {
            logger.ManagementUnprotected();
            return OAuthError.ManagementUnprotected;
        }

        // A form of another site can post with the administrator's cookie, but it cannot post JSON without a preflight.
        return HasBody(http) && !http.Request.HasJsonContentType() ? OAuthError.UnsupportedMediaType : null;
    }

    private static bool HasBody(HttpContext http) => HttpMethods.IsPost(http.Request.Method) || HttpMethods.IsPut(http.Request.Method);
}
