using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HQ.OAuth2.Soak;

/// <summary>
/// A store whose rows may be pruned as soon as they have no effect. The server itself rounds that time up to the day after the next, so that no
/// row would be pruned within a run.
/// </summary>
internal sealed class ShortLivedRows(IAuthorizationStore inner, TimeProvider time) : IAuthorizationStore
{
    // Longer than each lifetime that the soak gives: see SoakNode.
    private static readonly TimeSpan life = TimeSpan.FromSeconds(25);

    public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(Ending(record), ct);

    public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => inner.FindAsync(id, ct);

    public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => inner.TryUpdateAsync(Ending(next), ct);

    public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);

    public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) => inner.ListAsync(by, ct);

    public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
        inner.RemoveExpiredAsync(now, limit, ct);

    private AuthorizationRecord Ending(AuthorizationRecord record) => record with { PruneAfter = time.GetUtcNow() + life };
}

/// <summary>Puts such stores around those that the host has.</summary>
internal static class ShortLivedRowsExtensions
{
    public static void LetRowsEndSoon(this IServiceCollection services) =>
        services
            .Wrap<IAuthorizationStore>((inner, time) => new ShortLivedRows(inner, time))
            .Wrap<ITicketStore>((inner, time) => new ShortLivedTickets(inner, time));

    private static IServiceCollection Wrap<T>(this IServiceCollection services, Func<T, TimeProvider, T> around)
        where T : class
    {
        var inner = services.Last(d => d.ServiceType == typeof(T));
        return services.Replace(
            new ServiceDescriptor(
                typeof(T),
                s =>
                    around(
                        (T)(
                            inner.ImplementationInstance
                            ?? inner.ImplementationFactory?.Invoke(s)
                            ?? ActivatorUtilities.CreateInstance(s, inner.ImplementationType!)
                        ),
                        s.GetRequiredService<TimeProvider>()
                    ),
                inner.Lifetime
            )
        );
    }
}
