namespace HQ.OAuth2;

/// <summary>
/// The kit's clock. It begins at the real time, so that an engine with a clock of its own agrees with it, and stands still in between.
/// </summary>
internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(System.GetUtcNow().ToUnixTimeMilliseconds());

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;
}
