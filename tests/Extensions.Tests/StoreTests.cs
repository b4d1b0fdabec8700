using HQ.OAuth2;
using Microsoft.Data.Sqlite;

namespace Extensions.Tests;

/// <summary>A database file of one test.</summary>
internal sealed class DatabaseFile
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"hq-extensions-{Guid.NewGuid():N}.db");

    /// <summary>A node: it has nothing in common with another but the file.</summary>
    public Database Open() => new($"Data Source={path};Default Timeout=30");

    public static async Task<DatabaseFile> CreateAsync()
    {
        var file = new DatabaseFile();
        await file.Open().CreateAsync(CancellationToken.None);
        return file;
    }

    public void Delete()
    {
        SqliteConnection.ClearAllPools();
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            File.Delete(file);
    }
}

[NonParallelizable]
internal sealed class AuthorizationTableTests : AuthorizationStoreContract
{
    private DatabaseFile file = null!;

    protected override async ValueTask<IAuthorizationStore> CreateStoreAsync() =>
        new AuthorizationTable((file = await DatabaseFile.CreateAsync()).Open());

    protected override ValueTask<IAuthorizationStore> OpenSecondAsync(IAuthorizationStore store) =>
        new(new AuthorizationTable(file.Open()));

    protected override ValueTask CleanUpAsync(IAuthorizationStore store)
    {
        file.Delete();
        return default;
    }
}

[NonParallelizable]
internal sealed class ClientTableTests : ClientRegistryContract
{
    private DatabaseFile file = null!;

    protected override async ValueTask<IClientRegistry> CreateStoreAsync() =>
        new ClientTable((file = await DatabaseFile.CreateAsync()).Open());

    protected override ValueTask<IClientRegistry> OpenSecondAsync(IClientRegistry store) => new(new ClientTable(file.Open()));

    protected override ValueTask CleanUpAsync(IClientRegistry store)
    {
        file.Delete();
        return default;
    }
}

[NonParallelizable]
internal sealed class TicketTableTests : TicketStoreContract
{
    private DatabaseFile file = null!;
    private TimeProvider clock = null!;

    protected override async ValueTask<ITicketStore> CreateStoreAsync(TimeProvider time) =>
        new TicketTable((file = await DatabaseFile.CreateAsync()).Open(), clock = time);

    protected override ValueTask<ITicketStore> OpenSecondAsync(ITicketStore store) => new(new TicketTable(file.Open(), clock));

    protected override ValueTask CleanUpAsync(ITicketStore store)
    {
        file.Delete();
        return default;
    }
}

internal sealed class KeyFilesTests : KeyStoreContract
{
    private DirectoryInfo folder = null!;

    protected override ValueTask<IKeyStore> CreateStoreAsync() => new(new KeyFiles(folder = Directory.CreateTempSubdirectory("hq-keys-")));

    protected override ValueTask<IKeyStore> OpenSecondAsync(IKeyStore store) => new(new KeyFiles(new(folder.FullName)));

    protected override ValueTask CleanUpAsync(IKeyStore store)
    {
        folder.Delete(recursive: true);
        return default;
    }
}
