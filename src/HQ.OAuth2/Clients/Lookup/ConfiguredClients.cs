using System.Collections.Frozen;

namespace HQ.OAuth2;

/// <summary>The clients of the configuration, provenance <c>api</c>. The validator has checked them.</summary>
internal sealed class ConfiguredClients(ServerSettings settings)
{
    private readonly FrozenDictionary<string, Client> clients = settings
        .Options.Clients.Select(c => Build(c, settings))
        .ToFrozenDictionary(c => c.ClientId, StringComparer.Ordinal);

    private FrozenSet<string>? nameKeys;

    public IEnumerable<Client> All => clients.Values;

    /// <summary>Whether one of them has a name with this key.</summary>
    public bool HasNameKey(string key) =>
        (nameKeys ??= clients.Values.Select(c => c.NameKey).ToFrozenSet(StringComparer.Ordinal)).Contains(key);

    /// <summary>A client by its id; that of personal access tokens is found, and is not among <see cref="All"/>.</summary>
    public Client? Find(string clientId) =>
        clients.GetValueOrDefault(clientId)
        ?? (clientId == PersonalTokenClient.Id && settings.Options.PersonalAccessTokens ? PersonalTokenClient.Value : null);

    private static Client Build(ClientOptions client, ServerSettings settings)
    {
        var options = settings.Options;
        var metadata = ClientMetadata.OfConfigured(client).Checked(ClientPolicy.ForApi(settings)).Value;
        IReadOnlyList<ClientSecret> secrets =
            client.SecretHash is { } hash ? [new() { Hash = hash }]
            : client.Secret is { } secret ? [ClientSecrets.Keep(secret, options.BcryptWorkFactor)]
            : [];
        return metadata.ToClient(client.ClientId, ClientProvenance.Api, client.Org ?? options.DefaultOrg, secrets) with
        {
            Introspects = [.. client.Introspects],
            Trusted = client.Trusted,
            RequirePkce = client.RequirePkce,
        };
    }
}
