namespace HQ.OAuth2;

/// <summary>
/// The server's answers about tokens. Inactive tokens have a cache of their own, so that made-up tokens cannot evict the answers about active
/// ones.
/// </summary>
internal sealed class IntrospectionCache(TimeSpan life)
{
    private const int MaxAnswers = 10_000;

    private readonly BoundedCache<IntrospectedToken> active = new(MaxAnswers, life);
    private readonly BoundedCache<IntrospectedToken> inactive = new(MaxAnswers, life);

    public bool TryGet(string key, DateTimeOffset now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IntrospectedToken? answer) =>
        active.TryGet(key, now, out answer) || inactive.TryGet(key, now, out answer);

    public void Set(string key, IntrospectedToken answer, DateTimeOffset now) =>
        (answer.Token is null ? inactive : active).Set(key, answer, now);
}
