using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace HQ.OAuth2;

/// <summary>
/// A query by key, compiled once for each model, so that no call has to build, hash and compare its expression. A compiled query of EF Core
/// works with one model only, and a host may have several, one for each tenant.
/// </summary>
/// <param name="query">The row with a key.</param>
internal sealed class KeyQuery<TRow>(Expression<Func<DbContext, string, CancellationToken, TRow?>> query)
    where TRow : class
{
    private readonly ConditionalWeakTable<IModel, Func<DbContext, string, CancellationToken, Task<TRow?>>> compiled = [];

    public Task<TRow?> RunAsync(DbContext context, string key, CancellationToken ct) =>
        compiled.GetValue(context.Model, _ => EF.CompileAsyncQuery(query))(context, key, ct);
}
