using System.Diagnostics.Metrics;

namespace HQ.OAuth2;

/// <summary>The names of the limits that were reached, as the metric has them. It hears only the thread of the test.</summary>
internal sealed class ReachedLimits : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly List<string> names = [];

    public ReachedLimits()
    {
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument == HqOAuth2Telemetry.LimitsReached)
                meters.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (_, number, tags, _) =>
            {
                if (Environment.CurrentManagedThreadId == thread)
                    names.AddRange(Enumerable.Repeat(Name(tags), (int)number));
            }
        );
        listener.Start();
    }

    public void ShouldBe(string name, int times) => names.Should().Equal(Enumerable.Repeat(name, times));

    public void ShouldBeNone() => names.Should().BeEmpty();

    public void Dispose() => listener.Dispose();

    private static string Name(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == "limit")
                return (string)tag.Value!;
        }

        return "a measurement without the name of its limit";
    }
}
