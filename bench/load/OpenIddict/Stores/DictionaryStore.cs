using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using static OpenIddict.Abstractions.OpenIddictExceptions;

namespace HQ.OAuth2.Load.Peer;

#pragma warning disable CA1822 // The stores implement their interfaces with these members.

/// <summary>Keeps entities by id in a dictionary. Readers get copies, and a write must have read the newest one, as in a database.</summary>
internal abstract class DictionaryStore<T>
    where T : Entity, new()
{
    private readonly ConcurrentDictionary<string, T> entities = [];

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => new(entities.Count);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<T>, IQueryable<TResult>> query, CancellationToken cancellationToken) =>
        new(query(entities.Values.AsQueryable()).LongCount());

    public ValueTask<TResult?> GetAsync<TState, TResult>(
        Func<IQueryable<T>, TState, IQueryable<TResult>> query,
        TState state,
        CancellationToken cancellationToken
    ) => new(query(entities.Values.AsQueryable(), state).FirstOrDefault());

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(
        Func<IQueryable<T>, TState, IQueryable<TResult>> query,
        TState state,
        CancellationToken cancellationToken
    ) => query(entities.Values.AsQueryable(), state).ToAsyncEnumerable();

    public IAsyncEnumerable<T> ListAsync(int? count, int? offset, CancellationToken cancellationToken) =>
        entities.Values.Skip(offset ?? 0).Take(count ?? int.MaxValue).ToAsyncEnumerable();

    public virtual ValueTask CreateAsync(T entity, CancellationToken cancellationToken)
    {
        entities[entity.Id] = (T)entity.Copy();
        return default;
    }

    public virtual ValueTask UpdateAsync(T entity, CancellationToken cancellationToken)
    {
        if (!entities.TryGetValue(entity.Id, out var stored) || stored.Version != entity.Version)
            throw new ConcurrencyException("Another request has written it.");
        var next = (T)entity.Copy();
        next.Version++;
        if (!entities.TryUpdate(entity.Id, next, stored))
            throw new ConcurrencyException("Another request has written it.");
        entity.Version++;
        return default;
    }

    public ValueTask DeleteAsync(T entity, CancellationToken cancellationToken)
    {
        entities.TryRemove(entity.Id, out _);
        return default;
    }

    public ValueTask<T?> FindByIdAsync(string identifier, CancellationToken cancellationToken) =>
        new(entities.TryGetValue(identifier, out var stored) ? (T)stored.Copy() : null);

    public ValueTask<T> InstantiateAsync(CancellationToken cancellationToken) => new(new T());

    public ValueTask<string?> GetIdAsync(T entity, CancellationToken cancellationToken) => new(entity.Id);

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(T entity, CancellationToken cancellationToken) =>
        new(entity.Properties);

    public ValueTask SetPropertiesAsync(
        T entity,
        ImmutableDictionary<string, JsonElement> properties,
        CancellationToken cancellationToken
    ) => Set(() => entity.Properties = properties);

    /// <summary>A search that no measured flow makes, so it needs no index.</summary>
    protected IAsyncEnumerable<T> Where(Func<T, bool> condition) =>
        entities.Values.Where(condition).Select(e => (T)e.Copy()).ToAsyncEnumerable();

    protected static ValueTask Set(Action assign)
    {
        assign();
        return default;
    }
}
