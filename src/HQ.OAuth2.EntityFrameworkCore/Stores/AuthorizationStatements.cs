using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace HQ.OAuth2;

/// <summary>
/// The insert of a login and the swap of a refresh as SQL text, made once for each model from its names and conversions: EF Core needs more time
/// to translate these two statements again than to send them.
/// </summary>
internal sealed class AuthorizationStatements
{
    private static readonly ConditionalWeakTable<IModel, AuthorizationStatements> made = [];

    private readonly IProperty[] columns;
    private readonly IProperty[] swapped;
    private readonly bool hasColumnsOfHost;
    private readonly string insert;
    private readonly string swap;

    private AuthorizationStatements(DbContext context)
    {
        var entity = context.Set<AuthorizationRow>().EntityType;
        var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
        var sql = context.GetService<ISqlGenerationHelper>();
        var name = sql.DelimitIdentifier(table.Name, table.Schema);
        columns = [.. entity.GetProperties().Where(p => !p.IsShadowProperty())];
        hasColumnsOfHost = columns.Length != entity.GetProperties().Count();
        var (id, version) = (Property(nameof(AuthorizationRow.Id)), Property(nameof(AuthorizationRow.Version)));
        swapped = [version, Property(nameof(AuthorizationRow.PruneAfter)), Property(nameof(AuthorizationRow.Data)), id, version];
        insert =
            $"INSERT INTO {name} ({string.Join(", ", columns.Select(Name))}) VALUES ({string.Join(", ", columns.Select((_, i) => $"{{{i}}}"))})";
        swap =
            $"UPDATE {name} SET {Name(version)} = {{0}}, {Name(swapped[1])} = {{1}}, {Name(swapped[2])} = {{2}} WHERE {Name(id)} = {{3}} AND {Name(version)} = {{4}}";

        IProperty Property(string of) => entity.FindProperty(of)!;
        string Name(IProperty property) => sql.DelimitIdentifier(property.GetColumnName(table)!);
    }

    public static AuthorizationStatements Of(DbContext context) => made.GetValue(context.Model, _ => new(context));

    public Task<int> InsertAsync(DbContext context, AuthorizationRow row, CancellationToken ct)
    {
        // A host may have added columns to every table of its model, and fill them when it saves.
        if (hasColumnsOfHost)
        {
            context.Add(row);
            return context.SaveChangesAsync(ct);
        }

        return RunAsync(context, insert, [.. columns.Select(c => Stored(c, c.GetGetter().GetClrValue(row)))], ct);
    }

    /// <summary>Replaces the row if its version is one less. The version is in the WHERE clause; the database returns how many rows matched.</summary>
    public Task<int> SwapAsync(DbContext context, AuthorizationRecord next, CancellationToken ct)
    {
        object[] values = [next.Version, next.PruneAfter, next.Data, next.Id, next.Version - 1];
        return RunAsync(context, swap, [.. values.Select((v, i) => Stored(swapped[i], v))], ct);
    }

    private static object? Stored(IProperty property, object? value) =>
        property.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value;

    // Raw SQL does not use the strategy of a host that retries by itself.
    private static Task<int> RunAsync(DbContext context, string sql, object?[] values, CancellationToken ct) =>
        context.Database.CreateExecutionStrategy().ExecuteAsync(c => context.Database.ExecuteSqlRawAsync(sql, values!, c), ct);
}
