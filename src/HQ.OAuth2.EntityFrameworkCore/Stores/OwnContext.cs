using System.Collections.Concurrent;
using System.Data.Common;
using System.Transactions;
using Microsoft.EntityFrameworkCore;

namespace HQ.OAuth2;

/// <summary>
/// One context and one connection for each step of a store, outside any transaction of the caller: a rollback of the host must not make a spent
/// code valid again, and the host's pending entities must not be saved by us.
/// </summary>
/// <param name="open">Makes a context and its owner, which disposes it.</param>
internal sealed class OwnContext(Func<(DbContext Context, IAsyncDisposable Owner)> open)
{
    private const int MaxInserts = 10;
    private const int MaxConflicts = 10;
    private const string Sqlite = "Microsoft.EntityFrameworkCore.Sqlite";

    // SQLite has one writer at a time: a writer that waits at this gate need not sleep and retry in the driver. There is one gate for each
    // database, for all writers.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> gates = new(StringComparer.Ordinal);

    /// <summary>Runs a query, as often as the database asks for it: where every transaction is serializable, it may end one that only reads.</summary>
    public ValueTask<T> ReadAsync<T>(Func<DbContext, Task<T>> query) =>
        AgainAsync(async () =>
        {
            using var outside = Outside();
            var (context, owner) = open();
            await using var _ = owner;
            return await query(context);
        });

    /// <summary>Runs a statement that is committed when it returns, as often as the database asks for it.</summary>
    public ValueTask<T> WriteAsync<T>(Func<DbContext, Task<T>> statement, CancellationToken ct) =>
        AgainAsync(() => WriteOnceAsync(statement, ct));

    // A database that ends a transaction because of a conflict has rolled all of it back: the statement can run again, and sees what the other
    // transaction wrote.
    private static async ValueTask<T> AgainAsync<T>(Func<ValueTask<T>> once)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await once();
            }
            catch (Exception e) when (attempt < MaxConflicts && IsConflict(e)) { }
        }
    }

    private async ValueTask<T> WriteOnceAsync<T>(Func<DbContext, Task<T>> statement, CancellationToken ct)
    {
        using var outside = Outside();
        var (context, owner) = open();
        await using var _ = owner;
        if (GateOf(context) is not { } gate)
            return await statement(context);
        await gate.WaitAsync(ct);
        try
        {
            return await statement(context);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Adds a row. False when the database refuses it and a row with its key exists; any other failure throws.</summary>
    public async ValueTask<bool> TryInsertAsync<T>(T row, Func<DbContext, Task<bool>> exists, CancellationToken ct)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await WriteAsync(
                    context =>
                    {
                        context.Add(row);
                        return context.SaveChangesAsync(ct);
                    },
                    ct
                );
                return true;
            }
            catch (DbUpdateException)
            {
                if (await ReadAsync(exists))
                    return false;
                // The conflicting row may have been removed meanwhile: then the row can be added. Another failure fails again.
                if (attempt == MaxInserts)
                    throw;
            }
        }
    }

    // A serialization failure (SQLSTATE 40001), or a deadlock: 40001, or PostgreSQL's own 40P01. MySQL's driver gives only the error number, in
    // the data of the exception. A provider wraps the driver's exception in some of its own.
    private static bool IsConflict(Exception? e) =>
        e is not null
        && (
            e is DbException error && (error.SqlState is "40001" or "40P01" || error.Data["Server Error Code"] is 1213)
            || IsConflict(e.InnerException)
        );

    private static TransactionScope? Outside() =>
        Transaction.Current is null ? null : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);

    private static SemaphoreSlim? GateOf(DbContext context) =>
        context.Database.ProviderName == Sqlite ? gates.GetOrAdd(context.Database.GetDbConnection().DataSource, _ => new(1, 1)) : null;
}
