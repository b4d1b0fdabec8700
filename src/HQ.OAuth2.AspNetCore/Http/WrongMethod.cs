using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>Answers a method that an address of ours does not support.</summary>
internal static class WrongMethod
{
    /// <param name="allowed">The supported methods.</param>
    public static Func<HttpContext, ValueTask<Reply>> Refuse(IReadOnlyCollection<string> allowed) =>
        http =>
        {
            http.Response.Headers.Allow = string.Join(", ", allowed);
            return new(Reply.Refuse(OAuthError.MethodNotAllowed) with { IsSilent = true });
        };

    /// <summary>The same for the management API, where routing also finds no endpoint for a body that is not JSON.</summary>
    public static Reply RefuseOrAskForJson(HttpContext http, IReadOnlyCollection<string> allowed)
    {
        if (allowed.Contains(http.Request.Method))
            return OAuthError.UnsupportedMediaType;
        http.Response.Headers.Allow = string.Join(", ", allowed);
        return OAuthError.MethodNotAllowed;
    }
}
