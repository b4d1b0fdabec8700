namespace HQ.OAuth2;

/// <summary>The one place where endpoints look clients up: those made in configuration, then the store. A disabled client is not there.</summary>
internal sealed class ClientDirectory(ConfiguredClients configured, IClientStore store)
{
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        // RFC 6749 Appendix A.1: what cannot be a client id needs no look-up.
        if (clientId.Length > 2048 || clientId.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return null;
        var client = configured.Find(clientId) ?? await store.FindAsync(clientId, ct);
        return client is { Disabled: false } && client.ClientId == clientId ? client : null;
    }

    /// <summary>Whether a self-registered client calls itself what a client of the host's own calls itself (RFC 7591 §5).</summary>
    public async ValueTask<bool> ImitatesAsync(Client client, CancellationToken ct)
    {
        if (!client.IsSelfRegistered || client.ClientName is not { } name)
            return false;
        IEnumerable<Client> own = configured.All;
        if (store is IClientRegistry registry)
            own = own.Concat((await registry.ListAsync(new(Provenance: ClientProvenance.Api), ct)).Items);
        return own.Any(c => Skeleton(c.ClientName ?? c.ClientId) == Skeleton(name));
    }

    private static string Skeleton(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
