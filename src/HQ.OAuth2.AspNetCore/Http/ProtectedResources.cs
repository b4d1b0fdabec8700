using System.Collections.Concurrent;

namespace HQ.OAuth2;

/// <summary>The protected resources whose metadata this host serves: the challenges of their APIs name it.</summary>
internal sealed class ProtectedResources
{
    private readonly ConcurrentDictionary<string, ProtectedResource> byPath = new(StringComparer.Ordinal);

    private int missingClaimed;

    public IEnumerable<string> Paths => byPath.Select(p => p.Key);

    /// <summary>Adds one; false when its path is taken already.</summary>
    public bool TryAdd(ProtectedResource resource) => byPath.TryAdd(resource.MetadataPath, resource);

    /// <summary>True for the first caller, which maps the answers for documents that this host does not serve.</summary>
    public bool TryClaimMissing() => Interlocked.Exchange(ref missingClaimed, 1) == 0;

    /// <summary>The address of the metadata of the first of these resources that has any; null when none has.</summary>
    public string? MetadataUrl(IEnumerable<string> identifiers) =>
        identifiers
            .Select(i => byPath.Values.FirstOrDefault(r => ResourcePolicy.SameResource(r.Identifier, i))?.MetadataUrl)
            .FirstOrDefault(url => url is not null);
}
