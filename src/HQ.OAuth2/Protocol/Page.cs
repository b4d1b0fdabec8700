namespace HQ.OAuth2;

/// <summary>Some of a list, in a stable order.</summary>
/// <param name="items">At most as many as were asked for.</param>
/// <param name="next">Pass it as <c>After</c> to go on; null when this was the last page.</param>
public sealed class Page<T>(IReadOnlyList<T> items, string? next)
{
    /// <summary>At most as many as were asked for.</summary>
    public IReadOnlyList<T> Items { get; } = items;

    /// <summary>Pass it as <c>After</c> to go on; null when this was the last page.</summary>
    public string? Next { get; } = next;
}
