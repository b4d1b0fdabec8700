using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>Answers a method that an address of ours does not have.</summary>
internal static class WrongMethod
{
    /// <param name="allowed">The methods that it has.</param>
    public static RequestDelegate Refuse(IReadOnlyCollection<string> allowed) =>
        http =>
        {
            http.Response.Headers.Allow = string.Join(", ", allowed);
            return OAuthHttp.WriteErrorAsync(http, OAuthError.MethodNotAllowed);
        };

    /// <summary>The same for the management API, where an endpoint is also not found for what is no JSON.</summary>
    public static RequestDelegate RefuseByProblem(IReadOnlyCollection<string> allowed) =>
        http =>
        {
            if (allowed.Contains(http.Request.Method))
                return Problem.WriteAsync(http, OAuthError.UnsupportedMediaType);
            http.Response.Headers.Allow = string.Join(", ", allowed);
            return Problem.WriteAsync(http, OAuthError.MethodNotAllowed);
        };
}
