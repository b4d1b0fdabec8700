using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// What holds around every endpoint: no plain http where the issuer is https, no exception leaves without an OAuth answer, and each request
/// is traced and measured.
/// </summary>
internal static class ProtocolGuard
{
    /// <param name="name">The endpoint's name.</param>
    /// <param name="handler">What answers.</param>
    /// <param name="fail">How the endpoint says an error; null = as OAuth JSON.</param>
    public static RequestDelegate Around(string name, RequestDelegate handler, Func<HttpContext, OAuthError, Task>? fail = null) =>
        async http =>
        {
            using var activity = HqOAuth2Telemetry.Source.StartActivity("oauth2 " + name);
            var started = Stopwatch.GetTimestamp();
            await GuardAsync(http, name, handler, fail ?? OAuthHttp.WriteErrorAsync);
            var error = http.Items[typeof(OAuthError)] as OAuthError;
            Measure(activity, name, error, Stopwatch.GetElapsedTime(started));
        };

    /// <summary>Notes how a request ended, for what is traced and measured; without a note it succeeded.</summary>
    public static void Note(HttpContext http, OAuthError error) => http.Items[typeof(OAuthError)] = error;

    /// <summary>Notes and logs what is refused before the core sees it, and gives it back.</summary>
    public static OAuthError Refuse(HttpContext http, OAuthError error)
    {
        Note(http, error);
        // This one is for the host to correct, and concerns every user.
        if (error.Id == OAuthError.SignInUnfit.Id)
            Logger(http).SignInUnfit(EndpointName(http), error.Reason ?? error.Description);
        else
            Logger(http).Refused(EndpointName(http), null, error);
        return error;
    }

    private static string EndpointName(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<ServerEndpoint>()?.Name ?? "management";

    private static ILogger Logger(HttpContext http) =>
        http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("HQ.OAuth2.Http");

    private static void Measure(Activity? activity, string name, OAuthError? error, TimeSpan took)
    {
        var outcome = error?.Code ?? "ok";
        HqOAuth2Telemetry.RequestDuration.Record(took.TotalSeconds, new("endpoint", name), new("outcome", outcome));
        activity?.SetTag("oauth2.endpoint", name).SetTag("oauth2.outcome", outcome);
        if (error is null)
            return;
        activity?.SetTag("oauth2.error_id", error.Id);
        if (error.Status >= StatusCodes.Status500InternalServerError)
            activity?.SetStatus(ActivityStatusCode.Error, error.Code);
    }

    private static async Task GuardAsync(HttpContext http, string name, RequestDelegate handler, Func<HttpContext, OAuthError, Task> fail)
    {
        StatusPages.Disable(http);
        try
        {
            if (PlainHttp.IsRefused(http))
                await fail(http, OAuthError.InsecureTransport);
            else
                await handler(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone: nobody is to be answered, and nothing failed.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            Logger(http).Failed(e, name);
            await fail(http, OAuthError.From(e));
        }
    }
}
