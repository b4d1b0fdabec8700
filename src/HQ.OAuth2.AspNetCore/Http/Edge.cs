using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// The rules around every endpoint: no plain http if the issuer is https, no exception without an OAuth answer, and each request is traced,
/// measured, logged when it is refused, and answered here.
/// </summary>
internal static class Edge
{
    /// <summary>An endpoint with these rules around it, to be mapped.</summary>
    /// <param name="name">The endpoint's name in logs, metrics and traces.</param>
    /// <param name="fail">How the endpoint writes an error.</param>
    /// <param name="answer">The endpoint.</param>
    public static RequestDelegate Around(string name, ErrorWriter fail, Func<HttpContext, ValueTask<Reply>> answer) =>
        http => RunAsync(http, name, fail, answer);

    /// <summary>Runs an endpoint and answers the request.</summary>
    public static async Task RunAsync(HttpContext http, string name, ErrorWriter fail, Func<HttpContext, ValueTask<Reply>> answer)
    {
        using var activity = HqOAuth2Telemetry.Source.HasListeners() ? HqOAuth2Telemetry.Source.StartActivity("oauth2 " + name) : null;
        var started = Stopwatch.GetTimestamp();
        StatusPages.Disable(http);
        var error = await AnswerAsync(http, name, fail, answer);
        Measure(activity, name, error, Stopwatch.GetElapsedTime(started));
    }

    /// <returns>How the request ended; null = it succeeded.</returns>
    private static async Task<OAuthError?> AnswerAsync(
        HttpContext http,
        string name,
        ErrorWriter fail,
        Func<HttpContext, ValueTask<Reply>> answer
    )
    {
        Reply? reply = null;
        try
        {
            // PlainHttp has logged the peer and the fix.
            reply = PlainHttp.IsRefused(http) ? Reply.Refuse(OAuthError.InsecureTransport) with { IsSilent = true } : await answer(http);
            return await WriteAsync(http, name, reply, fail);
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested)
        {
            return http.Response.HasStarted ? null
                : IsLate(http) ? await AnswerLateAsync(http, name, reply, fail, e)
                : Leave(http);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var error = OAuthError.From(e);
            return await WriteAsync(http, name, (reply?.Otherwise?.Invoke(error) ?? Reply.Refuse(error)) with { Failure = e }, fail);
        }
    }

    /// <summary>Whether the host's own time limit for a request is over (RequestTimeouts): its caller still waits.</summary>
    private static bool IsLate(HttpContext http) =>
        http.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested is true;

    // Without an answer the caller would get an empty 200 and take it for a success. An answer that was ready is sent: what it gives is spent.
    private static Task<OAuthError?> AnswerLateAsync(HttpContext http, string name, Reply? reply, ErrorWriter fail, Exception failure)
    {
        http.RequestAborted = CancellationToken.None;
        return WriteAsync(http, name, reply ?? Reply.Refuse(OAuthError.TemporarilyUnavailable) with { Failure = failure }, fail);
    }

    // The caller has disconnected, and nothing failed. If a proxy still waits for an answer, the answer is no success.
    private static OAuthError? Leave(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        return null;
    }

    private static async Task<OAuthError?> WriteAsync(HttpContext http, string name, Reply reply, ErrorWriter fail)
    {
        if (reply.Failure is { } failure)
            Logger(http).Failed(failure, name);
        if (reply.Error is { } error && !reply.IsSilent)
            Log(http, name, reply, error);
        if (await reply.WriteAsync(http, fail) is not { } late)
            return reply.Error;
        Log(http, name, reply, late);
        await fail(http, late);
        return late;
    }

    private static void Log(HttpContext http, string name, Reply reply, OAuthError error)
    {
        // The host must correct this failure, and it affects every user.
        if (error.Id == OAuthError.SignInUnfit.Id)
            Logger(http).SignInUnfit(name, error.Reason ?? error.Description);
        else if (reply.Failure is null)
            Logger(http).Refused(name, reply.ClientId, error);
    }

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
}
