using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>
/// The rows that this process wrote a while ago, each as it was written. A row is given to one caller, who may try a swap with it: the store
/// compares the version, so a row that changed meanwhile only costs the read that was saved. Nothing else may rest on it.
/// </summary>
internal sealed class RecentRows(TimeProvider time)
{
    // A refresh comes when an access token ends. A row is about two kilobytes.
    private static readonly TimeSpan life = TimeSpan.FromHours(1);
    private readonly BoundedCache<OAuthAuthorization> rows = new(limit: 10_000, life);

    public bool TryTake(string id, [NotNullWhen(true)] out OAuthAuthorization? row) => rows.TryTake(id, time.GetUtcNow(), out row);

    /// <summary>After a write that the store has confirmed.</summary>
    public void Wrote(OAuthAuthorization row) => rows.Set(row.Id, row, time.GetUtcNow());

    public void Forget(string id) => rows.Forget(id);
}
