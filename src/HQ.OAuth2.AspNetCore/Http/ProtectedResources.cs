using System.Collections.Concurrent;

namespace HQ.OAuth2;

/// <summary>The protected resources whose metadata this host serves: the challenges of their APIs point there.</summary>
internal sealed class ProtectedResources
{
    private readonly ConcurrentDictionary<string, ProtectedResource> byPath = new(StringComparer.Ordinal);

    private int missingClaimed;

    public IEnumerable<string> Paths => byPath.Select(p => p.Key);

    /// <summary>Adds one; false when its place is taken already.</summary>
    public bool TryAdd(ProtectedResource resource) => byPath.TryAdd(resource.MetadataPath, resource);

    /// <summary>True for the first caller, who maps what is answered for documents that nobody serves.</summary>
    public bool TryClaimMissing() => Interlocked.Exchange(ref missingClaimed, 1) == 0;

    /// <summary>Where the metadata of the first of these resources is that has any; null when none has.</summary>
    public string? MetadataUrl(IEnumerable<string> identifiers) =>
        identifiers
            .Select(i => byPath.Values.FirstOrDefault(r => ResourcePolicy.SameResource(r.Identifier, i))?.MetadataUrl)
            .FirstOrDefault(url => url is not null);
}
