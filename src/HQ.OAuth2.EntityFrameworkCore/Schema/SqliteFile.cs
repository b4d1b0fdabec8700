using Microsoft.Data.Sqlite;

namespace HQ.OAuth2;

/// <summary>The file of <c>UseSqlite</c>: whether it can be written, asked before the driver answers with a number.</summary>
internal sealed class SqliteFile(string connectionString)
{
    /// <summary>Why the database cannot be written, with its path and the fix; null when it can, or when there is no file.</summary>
    public string? Problem()
    {
        var settings = new SqliteConnectionStringBuilder(connectionString);
        var isFile =
            settings.Mode is SqliteOpenMode.ReadWrite or SqliteOpenMode.ReadWriteCreate
            && settings.DataSource.Length > 0
            && settings.DataSource != ":memory:"
            && !settings.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            && !settings.DataSource.StartsWith('|');
        if (!isFile)
            return null;
        var path = Path.GetFullPath(settings.DataSource);
        var folder = Path.GetDirectoryName(path) ?? path;
        if (!Directory.Exists(folder))
            return $"UseSqlite: the folder {folder} of the database {path} does not exist: create it, or name another in Data Source.";
        if (Directory.Exists(path))
            return $"UseSqlite: {path} is a folder: name a file in Data Source.";
        try
        {
            // The driver writes two more files beside the database, so the folder counts as well.
            using (new FileStream(Path.Combine(folder, Path.GetRandomFileName()), Probe)) { }
            if (!File.Exists(path) || !IsReadOnly(settings))
                return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // As for a file that is read only.
        }

        return $"UseSqlite: the database {path} or its folder cannot be written by this process: give its user the right to write there, "
            + "or name another path in Data Source.";
    }

    // Asked of SQLite: to open and close the file by other means would drop the locks that this process has on it.
    private static bool IsReadOnly(SqliteConnectionStringBuilder settings)
    {
        using var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            return SQLitePCL.raw.sqlite3_db_readonly(connection.Handle, "main") == 1;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_READONLY)
        {
            return true;
        }
        catch (SqliteException)
        {
            // Damaged, locked or no database: the driver's own message says more.
            return false;
        }
    }

    private static FileStreamOptions Probe =>
        new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.DeleteOnClose,
        };
}
