using HQ.OAuth2;
using Microsoft.EntityFrameworkCore;

namespace CustomClientStore.Tests;

/// <summary>The sample's store keeps the promises of the seam: this is all a host has to write to know.</summary>
internal sealed class AppTableClientStoreTests : ClientStoreContract
{
    private static readonly App app = new()
    {
        Key = "app-Ab1",
        Name = "Nightly report",
        BcryptOfSecret = BCrypt.Net.BCrypt.HashPassword("secret", 4),
        Callbacks = "https://report.example/cb\nhttps://report.example/cb2",
        AddedAt = new DateTime(2026, 11, 24, 1, 2, 3, 456, DateTimeKind.Utc),
    };

    private string path = "";

    protected override async ValueTask<(IClientStore Store, Client Stored)> CreateStoreAsync()
    {
        path = Path.Combine(Path.GetTempPath(), $"hq-sample-{Guid.NewGuid():N}.db");
        await using var db = Open();
        await db.Database.EnsureCreatedAsync();
        db.Add(app);
        await db.SaveChangesAsync();
        return (new OfEachRequest(Open), AppTableClientStore.ToClient(app));
    }

    protected override async ValueTask CleanUpAsync(IClientStore store)
    {
        await using var db = Open();
        await db.Database.EnsureDeletedAsync();
    }

    private AppDb Open() => new(new DbContextOptionsBuilder<AppDb>().UseSqlite($"Data Source={path}").Options);

    /// <summary>A context is for one request; the server makes the store anew for each, so does this.</summary>
    private sealed class OfEachRequest(Func<AppDb> open) : IClientStore
    {
        public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
        {
            await using var db = open();
            return await new AppTableClientStore(db).FindAsync(clientId, ct);
        }
    }
}
