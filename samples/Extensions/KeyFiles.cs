using System.Text;
using System.Text.Json;
using HQ.OAuth2;

namespace Extensions;

/// <summary>The keys of access tokens as files in a folder that all nodes share. What is in a file is protected already.</summary>
internal sealed class KeyFiles(DirectoryInfo folder) : IKeyStore
{
    public async ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct)
    {
        var keys = new List<KeyRecord>();
        foreach (var file in folder.EnumerateFiles("*.key"))
        {
            try
            {
                var kept = JsonSerializer.Deserialize<Kept>(await File.ReadAllTextAsync(file.FullName, ct))!;
                keys.Add(new(kept.Id, kept.ActiveFrom, kept.Data));
            }
            catch (FileNotFoundException)
            {
                // Another node removed it meanwhile.
            }
        }

        return keys;
    }

    public async ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct)
    {
        // Written beside its place and then moved there: a key is there as a whole or not at all, and of many nodes one moves it.
        var draft = Path.Combine(folder.FullName, Path.GetRandomFileName());
        await File.WriteAllTextAsync(draft, JsonSerializer.Serialize(new Kept(key.Id, key.ActiveFrom, key.Data)), ct);
        try
        {
            File.Move(draft, PathOf(key.Id), overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(PathOf(key.Id)))
        {
            return false;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    public ValueTask RemoveAsync(string id, CancellationToken ct)
    {
        File.Delete(PathOf(id));
        return default;
    }

    // Ids are compared ordinally; names of files are not, everywhere.
    private string PathOf(string id) => Path.Combine(folder.FullName, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(id)) + ".key");

    private sealed record Kept(string Id, DateTimeOffset ActiveFrom, string Data);
}
