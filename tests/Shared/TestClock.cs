namespace HQ.OAuth2.Tests;

/// <summary>A clock that goes where a test sets it, backwards too.</summary>
internal sealed class TestClock : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; set; } = Start;

    /// <summary>What others do while a caller is at the clock; once, so it may read the clock itself.</summary>
    public Action? Meanwhile { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        var others = Meanwhile;
        Meanwhile = null;
        others?.Invoke();
        return Now;
    }

    public void Advance(TimeSpan by) => Now += by;
}
