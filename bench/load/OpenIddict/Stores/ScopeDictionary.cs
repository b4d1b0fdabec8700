using System.Collections.Immutable;
using System.Globalization;
using OpenIddict.Abstractions;

namespace HQ.OAuth2.Load.Peer;

/// <summary>Scopes, of which there are none: the server's own list has the one that is used.</summary>
internal sealed class ScopeDictionary : DictionaryStore<ScopeEntity>, IOpenIddictScopeStore<ScopeEntity>
{
    public ValueTask<ScopeEntity?> FindByNameAsync(string name, CancellationToken cancellationToken) => default;

    public IAsyncEnumerable<ScopeEntity> FindByNamesAsync(ImmutableArray<string> names, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<ScopeEntity>();

    public IAsyncEnumerable<ScopeEntity> FindByResourceAsync(string resource, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<ScopeEntity>();

    public ValueTask<string?> GetNameAsync(ScopeEntity scope, CancellationToken cancellationToken) => new(scope.Name);

    public ValueTask SetNameAsync(ScopeEntity scope, string? name, CancellationToken cancellationToken) => Set(() => scope.Name = name);

    public ValueTask<string?> GetDescriptionAsync(ScopeEntity scope, CancellationToken cancellationToken) => default;

    public ValueTask SetDescriptionAsync(ScopeEntity scope, string? description, CancellationToken cancellationToken) => default;

    public ValueTask<string?> GetDisplayNameAsync(ScopeEntity scope, CancellationToken cancellationToken) => default;

    public ValueTask SetDisplayNameAsync(ScopeEntity scope, string? name, CancellationToken cancellationToken) => default;

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDescriptionsAsync(
        ScopeEntity scope,
        CancellationToken cancellationToken
    ) => new(ImmutableDictionary<CultureInfo, string>.Empty);

    public ValueTask SetDescriptionsAsync(
        ScopeEntity scope,
        ImmutableDictionary<CultureInfo, string> descriptions,
        CancellationToken cancellationToken
    ) => default;

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(
        ScopeEntity scope,
        CancellationToken cancellationToken
    ) => new(ImmutableDictionary<CultureInfo, string>.Empty);

    public ValueTask SetDisplayNamesAsync(
        ScopeEntity scope,
        ImmutableDictionary<CultureInfo, string> names,
        CancellationToken cancellationToken
    ) => default;

    public ValueTask<ImmutableArray<string>> GetResourcesAsync(ScopeEntity scope, CancellationToken cancellationToken) => new([]);

    public ValueTask SetResourcesAsync(ScopeEntity scope, ImmutableArray<string> resources, CancellationToken cancellationToken) => default;
}
