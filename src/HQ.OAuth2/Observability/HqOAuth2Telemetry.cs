using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HQ.OAuth2;

/// <summary>What the server traces and measures: <c>AddSource</c> and <c>AddMeter</c> of OpenTelemetry take <see cref="Name"/>.</summary>
public static class HqOAuth2Telemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/> and of the <see cref="Meter"/>.</summary>
    public const string Name = "HQ.OAuth2";

    private static readonly Meter meter = new(Name);

    /// <summary>One activity per request of an endpoint.</summary>
    internal static ActivitySource Source { get; } = new(Name);

    /// <summary>Seconds from the request to its answer, by <c>endpoint</c> and <c>outcome</c>.</summary>
    internal static Histogram<double> RequestDuration { get; } =
        meter.CreateHistogram<double>(
            "hq.oauth2.request.duration",
            "s",
            "Requests by endpoint and outcome",
            advice: new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] }
        );

    /// <summary>How often bcrypt ran to verify a client secret.</summary>
    internal static Counter<long> BcryptComputations { get; } =
        meter.CreateCounter<long>("hq.oauth2.bcrypt.computations", "{computation}", "bcrypt runs to verify a client secret");

    /// <summary>Requests that a limit refused, by <c>limit</c>.</summary>
    internal static Counter<long> LimitsReached { get; } =
        meter.CreateCounter<long>("hq.oauth2.limits.reached", "{request}", "Requests that a limit refused");

    /// <summary>Codes and refresh tokens that came again too late, by <c>token</c>; each ended an authorization.</summary>
    internal static Counter<long> Replays { get; } =
        meter.CreateCounter<long>("hq.oauth2.replays", "{replay}", "Replays that ended an authorization");

    /// <summary>Refreshes that got the live token again within the leeway.</summary>
    internal static Counter<long> Retries { get; } =
        meter.CreateCounter<long>("hq.oauth2.refresh.retries", "{retry}", "Refreshes answered again within the leeway");

    /// <summary>What pruning removed, by <c>kind</c>.</summary>
    internal static Counter<long> Pruned { get; } = meter.CreateCounter<long>("hq.oauth2.pruned", "{row}", "Rows that pruning removed");
}
