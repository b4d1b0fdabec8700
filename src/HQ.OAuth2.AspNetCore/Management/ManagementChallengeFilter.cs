using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// Answers 401 or 403 when the host's sign-in redirects a request to the management API to a page: the API itself never redirects, and a tool
/// that follows the redirect would take the page for an answer. The host's other endpoints, and its options, stay as they are.
/// </summary>
internal sealed class ManagementChallengeFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(InvokeAsync);
            next(app);
        };

    private static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        var response = http.Response;
        if (
            response.HasStarted
            || response.StatusCode is not (StatusCodes.Status302Found or StatusCodes.Status303SeeOther)
            || http.GetEndpoint()?.Metadata.GetMetadata<ManagementEndpoint>() is null
        )
            return;
        response.Headers.Remove("Location");
        if (http.User.Identity?.IsAuthenticated != true)
        {
            await Edge.RunAsync(http, ManagementGuard.Name, Problem.WriteAsync, _ => new(OAuthError.SessionNeeded));
            return;
        }

        response.StatusCode = StatusCodes.Status403Forbidden;
        response.Headers.CacheControl = "no-store";
    }
}
