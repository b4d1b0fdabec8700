namespace HQ.OAuth2;

/// <summary>Which clients use the name of one of the host's own.</summary>
internal sealed class Imitations(ConfiguredClients configured, IClientStore store, ClientCache cache)
{
    /// <summary>Whether the name of a self-registered client may be mistaken for that of a client of the host's own (RFC 7591 §5).</summary>
    public async ValueTask<bool> ImitatesAsync(Client client, CancellationToken ct) =>
        client is { IsSelfRegistered: true, ClientName: { } name } && await ImitatesAsync(name, ct);

    /// <summary>The same for the name of a client that is known to be self-registered.</summary>
    public async ValueTask<bool> ImitatesAsync(string name, CancellationToken ct)
    {
        var keys = Lookalikes.TakenFor(name);
        if (keys.Any(configured.HasNameKey))
            return true;
        if (keys.Count == 0 || store is not IClientRegistry registry)
            return false;
        // The page, its answer and the next user's page need the same result.
        if (cache.TryGetImitates(name, out var known))
            return known;
        var page = await registry.ListAsync(new(provenance: ClientProvenance.Api, limit: 1) { NameKeys = keys }, ct);
        // A registry that does not know the filter answers with any client.
        var imitates = page.Items.Any(c => keys.Contains(c.NameKey));
        cache.RememberImitates(name, imitates);
        return imitates;
    }
}
