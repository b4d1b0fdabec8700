using System.Text.Json;
using HQ.OAuth2;
using Microsoft.Data.Sqlite;

namespace Extensions;

/// <summary>Clients in a table of the host's own: the client as one text, and columns for what is asked by.</summary>
internal sealed class ClientTable(Database db) : IClientRegistry
{
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
        (await db.QueryAsync("select data, last_used_on from clients where client_id = @id", Read, ct, ("id", clientId))).SingleOrDefault();

    public async ValueTask<bool> TryAddAsync(Client client, CancellationToken ct) =>
        await db.ExecuteAsync(
            """
            insert into clients values (@id, @version, @provenance, @org, @name, @created, @used, @data)
            on conflict (client_id) do nothing
            """,
            ct,
            [.. Columns(client), ("created", client.CreatedAt.UtcTicks), ("used", client.LastUsedOn?.DayNumber)]
        ) == 1;

    // last_used_on stays as it is: other nodes move it at any time.
    public async ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct) =>
        await db.ExecuteAsync(
            """
            update clients set version = @version, provenance = @provenance, org = @org, name_key = @name, data = @data
            where client_id = @id and version = @version - 1
            """,
            ct,
            Columns(next)
        ) == 1;

    public async ValueTask<bool> TryRemoveAsync(string clientId, CancellationToken ct) =>
        await db.ExecuteAsync("delete from clients where client_id = @id", ct, ("id", clientId)) == 1;

    public async ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
    {
        var limit = Math.Clamp(by.Limit, 1, 1000);
        var found = await db.QueryAsync(
            """
            select data, last_used_on from clients
            where (@org is null or org = @org) and (@provenance is null or provenance = @provenance)
                and (@names is null or name_key in (select value from json_each(@names))) and (@after is null or client_id > @after)
            order by client_id limit @limit
            """,
            Read,
            ct,
            ("org", by.Org),
            ("provenance", (int?)by.Provenance),
            ("names", by.NameKeys is { } keys ? JsonSerializer.Serialize(keys) : null),
            ("after", by.After),
            ("limit", limit + 1)
        );
        return new([.. found.Take(limit)], found.Count > limit ? found[limit - 1].ClientId : null);
    }

    public async ValueTask<int> CountAsync(ClientProvenance provenance, CancellationToken ct) =>
        (
            await db.QueryAsync(
                "select count(*) from clients where provenance = @provenance",
                row => row.GetInt32(0),
                ct,
                ("provenance", (int)provenance)
            )
        ).Single();

    public async ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct) =>
        await db.ExecuteAsync(
            "update clients set last_used_on = @day where client_id = @id and (last_used_on is null or last_used_on < @day)",
            ct,
            ("id", clientId),
            ("day", day.DayNumber)
        );

    public async ValueTask<int> RemoveUnusedAsync(
        DateTimeOffset neverUsedAndMadeBefore,
        DateOnly lastUsedBefore,
        int limit,
        CancellationToken ct
    ) =>
        await db.ExecuteAsync(
            """
            delete from clients where client_id in (
                select client_id from clients where provenance <> @api
                    and (last_used_on < @used or (last_used_on is null and created_at < @made))
                limit @limit)
            """,
            ct,
            ("api", (int)ClientProvenance.Api),
            ("used", lastUsedBefore.DayNumber),
            ("made", neverUsedAndMadeBefore.UtcTicks),
            ("limit", limit)
        );

    private static (string, object?)[] Columns(Client client) =>
        [
            ("id", client.ClientId),
            ("version", client.Version),
            ("provenance", (int)client.Provenance),
            ("org", client.Org),
            ("name", client.NameKey),
            ("data", client.ToJson()),
        ];

    private static Client Read(SqliteDataReader row) =>
        Client.FromJson(row.GetString(0)) with
        {
            LastUsedOn = row.IsDBNull(1) ? null : DateOnly.FromDayNumber(row.GetInt32(1)),
        };
}
