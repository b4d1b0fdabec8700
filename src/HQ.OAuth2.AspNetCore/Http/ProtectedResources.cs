using System.Collections.Concurrent;

namespace HQ.OAuth2;

/// <summary>The protected resources whose metadata this host serves: the challenges of their APIs name it.</summary>
internal sealed class ProtectedResources
{
    private readonly ConcurrentDictionary<string, ProtectedResource> byPath = new(StringComparer.Ordinal);

    private readonly Lock gate = new();
    private int missingClaimed;
    private volatile string[] paths = [];

    /// <summary>The paths of their metadata. Every request to the host is compared with them, so they are kept as an array.</summary>
    public string[] Paths => paths;

    /// <summary>Adds one; false when its path is taken already.</summary>
    public bool TryAdd(ProtectedResource resource)
    {
        lock (gate)
        {
            if (!byPath.TryAdd(resource.MetadataPath, resource))
                return false;
            paths = [.. byPath.Keys];
            return true;
        }
    }

    /// <summary>True for the first caller, which maps the answers for documents that this host does not serve.</summary>
    public bool TryClaimMissing() => Interlocked.Exchange(ref missingClaimed, 1) == 0;

    /// <summary>The address of the metadata of the first of these resources that has any; null when none has.</summary>
    public string? MetadataUrl(IEnumerable<string> identifiers) =>
        identifiers
            .Select(i => byPath.Values.FirstOrDefault(r => ResourcePolicy.SameResource(r.Identifier, i))?.MetadataUrl)
            .FirstOrDefault(url => url is not null);
}
