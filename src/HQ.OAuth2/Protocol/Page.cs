namespace HQ.OAuth2;

/// <summary>Some of a list, in a stable order.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">Pass it as <c>After</c> to go on; null when this was the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
