namespace HQ.OAuth2;

/// <summary>Fetches the key sets of the host's own clients, as a request of each would, and reports those that cannot be had.</summary>
internal sealed class ClientKeyDoctor(ConfiguredClients configured, IClientStore store, ClientKeys keys)
{
    // A start is not the time to look at each of very many.
    private const int MaxSets = 20;
    private const int MaxClients = 200;

    /// <summary>The problems; empty when nothing was found.</summary>
    public async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(CancellationToken ct)
    {
        IEnumerable<Client> clients = configured.All;
        if (store is IClientRegistry registry)
            clients = clients.Concat((await registry.ListAsync(new(provenance: ClientProvenance.Api, limit: MaxClients), ct)).Items);
        var findings = new List<DoctorFinding>();
        foreach (var client in clients.Where(IsAskedFor).DistinctBy(c => c.JwksUri).Take(MaxSets))
        {
            if (await keys.FetchAsync(client, ct) is { } error)
                findings.Add(
                    new(
                        $"The keys of client {client.ClientId} cannot be had at {client.JwksUri}: {error.Reason}. The client cannot authenticate.",
                        "See to it that the address answers this machine with a JWK Set, or register the keys by value (jwks)."
                    )
                );
        }

        return findings;
    }

    private static bool IsAskedFor(Client client) =>
        client is { Disabled: false, TokenEndpointAuthMethod: OAuthClientAuthenticationMethods.PrivateKeyJwt, Jwks: null }
        && ClientKeys.Place(client) is not null;
}
