namespace HQ.OAuth2.Tests;

/// <summary>The look-up of clients as one, for tests: what is stored, what may be used, and who uses whose name.</summary>
internal sealed record ClientLookup(StoredClients Stored, ClientDirectory Directory, Imitations Imitations)
{
    public ValueTask<Outcome<Client>> FindFreshAsync(string clientId, Func<ValueTask<string?>> findSubject, CancellationToken ct) =>
        Directory.FindFreshAsync(clientId, findSubject, ct);

    public ValueTask<Outcome<Client>> FindAsync(string clientId, CancellationToken ct) => Directory.FindAsync(clientId, ct);

    public ValueTask<Client?> FindOrNullAsync(string clientId, CancellationToken ct) => Directory.FindOrNullAsync(clientId, ct);

    public ValueTask<Client> KeepAsync(Client client, CancellationToken ct) => Stored.KeepAsync(client, ct);

    public ValueTask NoteUseAsync(Client client, DateTimeOffset now, CancellationToken ct) => Stored.NoteUseAsync(client, now, ct);

    public ValueTask<bool> ImitatesAsync(Client client, CancellationToken ct) => Imitations.ImitatesAsync(client, ct);
}
