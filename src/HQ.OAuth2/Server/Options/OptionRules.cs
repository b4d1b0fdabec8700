namespace HQ.OAuth2;

/// <summary>The rules and warnings that rows of several tables use.</summary>
internal static class OptionRules
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);
    public static readonly TimeSpan Year = 366 * Day;

    public static readonly OptionRule<int> LimitOrNone = new(n => n < 0 ? "is negative: use 0 for no limit" : null, "0 = no limit");

    /// <summary>A time of a second or more.</summary>
    public static OptionRule<TimeSpan> AtMost(TimeSpan longest) =>
        new(
            time => time < Second ? "must be at least one second: write it as [d.]hh:mm:ss" : TooLong(time, longest),
            $"at most {InWords(longest)}"
        );

    /// <summary>A time of a day or more.</summary>
    public static OptionRule<TimeSpan> DayOrMore(TimeSpan longest) =>
        new(
            time => time < Day ? "must be at least one day: write it as [d.]hh:mm:ss" : TooLong(time, longest),
            $"1 day to {InWords(longest)}"
        );

    /// <summary>A time that may be zero, which turns the feature off.</summary>
    public static OptionRule<TimeSpan> NoneOrAtMost(TimeSpan longest) =>
        new(
            time => time < TimeSpan.Zero ? "must not be negative: use 00:00:00 for none" : TooLong(time, longest),
            $"at most {InWords(longest)}"
        );

    public static OptionRule<int> Between(int least, int most) =>
        new(n => n < least || n > most ? $"must be {least} to {most}" : null, $"{least} to {most}");

    /// <summary>A text, if there is one, that passes a check.</summary>
    public static OptionRule<string?> Text(Func<string, bool> passes, string fix, string? hint = null) =>
        new(text => text is null || passes(text) ? null : fix, hint);

    public static OptionCaution<TimeSpan> Above(TimeSpan limit, string consequence) =>
        new(time => time > limit, consequence, $"more than {InWords(limit)} is warned about");

    public static OptionCaution<TValue> Being<TValue>(TValue value, string consequence) =>
        new(v => EqualityComparer<TValue>.Default.Equals(v, value), consequence, $"`{OptionText.Of(value)}` is warned about");

    private static string? TooLong(TimeSpan time, TimeSpan longest) => time > longest ? $"is too long: {longest} at most" : null;

    private static string InWords(TimeSpan time) =>
        time.Ticks % Year.Ticks == 0 ? Count(time / Year, "year")
        : time >= Day ? Count(time.TotalDays, "day")
        : time >= Hour ? Count(time.TotalHours, "hour")
        : time >= Minute ? Count(time.TotalMinutes, "minute")
        : Count(time.TotalSeconds, "second");

    private static string Count(double number, string unit) => string.Create(default, $"{number:0.##} {unit}{(number == 1 ? "" : "s")}");
}
