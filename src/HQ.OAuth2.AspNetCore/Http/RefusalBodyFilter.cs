using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace HQ.OAuth2;

/// <summary>
/// Gives a body to refusals that have none. The filter runs around the host's pipeline, because several schemes of one policy may write headers,
/// and headers cannot be written after the first byte of a body.
/// </summary>
internal sealed class RefusalBodyFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                async (http, rest) =>
                {
                    await rest(http);
                    await CompleteAsync(http);
                }
            );
            next(app);
        };

    /// <summary>Records the refusal of a bearer scheme for the body, unless another scheme has answered with another status.</summary>
    public static void Note(HttpContext http, OAuthError error)
    {
        StatusPages.Disable(http);
        http.Features.Set(new BearerRefusal(error));
    }

    private static Task CompleteAsync(HttpContext http)
    {
        var response = http.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentLength is not null || response.ContentType is not null)
            return Task.CompletedTask;
        if (http.Features.Get<BearerRefusal>() is { } refusal && refusal.Error.Status == response.StatusCode)
            return OAuthHttp.WriteErrorBodyAsync(http, refusal.Error);
        // RFC 9457 §4.2.1: a problem that the status alone explains.
        return http.GetEndpoint()?.Metadata.GetMetadata<ServerEndpoint>() is null
            ? Task.CompletedTask
            : OAuthHttp.WriteJsonAsync(http, response.StatusCode, Bare(response.StatusCode), "application/problem+json");
    }

    private static byte[] Bare(int status) =>
        Encoding.UTF8.GetBytes(
            $$"""{"type":"about:blank","title":"{{JsonEncodedText.Encode(ReasonPhrases.GetReasonPhrase(status))}}","status":{{status}}}"""
        );

    private sealed record BearerRefusal(OAuthError Error);
}
