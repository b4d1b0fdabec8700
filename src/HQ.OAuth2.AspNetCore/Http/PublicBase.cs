using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// The path of the app for a browser: the part of the issuer's path that the app does not see. Links and redirects begin with it. It differs
/// from PathBase when a proxy removes a prefix without a header that says so.
/// </summary>
internal sealed record PublicBase(string Path)
{
    /// <summary>Asks the user to sign in; redirects of a scheme lead to the public address.</summary>
    public static Task ChallengeAsync(HttpContext http, string? scheme, AuthenticationProperties properties) =>
        RunAsync(http, isChallenge: true, () => http.ChallengeAsync(scheme, properties));

    /// <summary>Runs a result of the host or of ours: <c>~/</c> in it is the public address of the app.</summary>
    public static Task ExecuteAsync(HttpContext http, IResult result) =>
        RunAsync(http, result is Microsoft.AspNetCore.Http.HttpResults.ChallengeHttpResult, () => result.ExecuteAsync(http));

    /// <summary>The public path of the request.</summary>
    public static string PathOf(HttpContext http) => Of(http).Add(http.Request.Path).ToUriComponent();

    private static PathString Of(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<PublicBase>() is { } known ? new PathString(known.Path) : http.Request.PathBase;

    private static async Task RunAsync(HttpContext http, bool isChallenge, Func<Task> run)
    {
        var (pathBase, feature) = (http.Request.PathBase, http.Features.Get<IAuthenticationFeature>());
        var here = Of(http);
        if (here == pathBase)
        {
            await run();
            return;
        }

        http.Request.PathBase = here;
        // Authentication schemes read this feature. It also gives the path of the host's own cookies, so it is changed for a challenge only.
        if (isChallenge && feature is not null)
            http.Features.Set<IAuthenticationFeature>(
                new AuthenticationFeature { OriginalPath = feature.OriginalPath, OriginalPathBase = here }
            );
        try
        {
            await run();
        }
        finally
        {
            http.Request.PathBase = pathBase;
            http.Features.Set(feature);
        }
    }
}
