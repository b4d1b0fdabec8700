using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>Answers a method that an address of ours does not have.</summary>
internal static class WrongMethod
{
    /// <param name="allowed">The methods that it has.</param>
    public static Func<HttpContext, ValueTask<Reply>> Refuse(IReadOnlyCollection<string> allowed) =>
        http =>
        {
            http.Response.Headers.Allow = string.Join(", ", allowed);
            return new(Reply.Refuse(OAuthError.MethodNotAllowed) with { IsSilent = true });
        };

    /// <summary>The same for the management API, where an endpoint is also not found for what is no JSON.</summary>
    public static Reply RefuseOrAskForJson(HttpContext http, IReadOnlyCollection<string> allowed)
    {
        if (allowed.Contains(http.Request.Method))
            return OAuthError.UnsupportedMediaType;
        http.Response.Headers.Allow = string.Join(", ", allowed);
        return OAuthError.MethodNotAllowed;
    }
}
