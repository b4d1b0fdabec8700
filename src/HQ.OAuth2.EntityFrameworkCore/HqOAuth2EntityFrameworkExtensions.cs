using HQ.OAuth2;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Durable stores for the authorization server.</summary>
public static class HqOAuth2EntityFrameworkExtensions
{
    /// <summary>
    /// Stores clients, authorizations, keys and tickets in a context of the host, in any relational database: call
    /// <c>modelBuilder.UseHqOAuth2()</c> in its <c>OnModelCreating</c> and add a migration. Each step uses a context of its own, made by
    /// <c>IDbContextFactory</c> if the host registered one, else in a scope of its own.
    /// </summary>
    /// <typeparam name="TContext">The host's context, registered by <c>AddDbContext</c> or <c>AddDbContextFactory</c>.</typeparam>
    public static HqOAuth2Builder AddEntityFrameworkStores<TContext>(this HqOAuth2Builder builder)
        where TContext : DbContext
    {
        var services = builder.Services;
        services.RemoveAll<OwnContext>();
        services.AddSingleton(s => new OwnContext(Opener<TContext>(s)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NameKeysAtStart>());
        return builder
            .AddClientStore<EntityFrameworkClientRegistry>(ServiceLifetime.Singleton)
            .AddAuthorizationStore<EntityFrameworkAuthorizationStore>(ServiceLifetime.Singleton)
            .AddTicketStore<EntityFrameworkTicketStore>(ServiceLifetime.Singleton)
            .AddKeyStore<EntityFrameworkKeyStore>();
    }

    /// <summary>Stores everything in a SQLite file, which is created and updated at start.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="connectionString">For instance <c>Data Source=hq.db</c>.</param>
    /// <param name="durability">The failures that a commit survives.</param>
    public static HqOAuth2Builder UseSqlite(
        this HqOAuth2Builder builder,
        string connectionString,
        SqliteDurability durability = SqliteDurability.Full
    ) =>
        builder.UseDatabase(
            options => options.UseSqlite(connectionString).AddInterceptors(new SqlitePragmas(durability)),
            new SqliteFile(connectionString)
        );

    /// <summary>Stores everything in a PostgreSQL database, whose tables are created and updated at start; for any number of nodes.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="connectionString">
    /// A connection string of Npgsql. Its timeouts limit how long a request waits for a database that does not answer; the defaults are 15
    /// seconds to connect and 30 for a command.
    /// </param>
    public static HqOAuth2Builder UsePostgreSql(this HqOAuth2Builder builder, string connectionString) =>
        builder.UseDatabase(options => options.UseNpgsql(connectionString));

    /// <summary>
    /// Stores the Data Protection keys of this app in the database of <c>UseSqlite</c> or <c>UsePostgreSql</c>, so that cookies, antiforgery and
    /// the protected signing keys work on all nodes and after a restart. The keys are stored in clear text unless the host also calls one of
    /// Data Protection's <c>ProtectKeysWith</c> methods. Call it after <c>UseSqlite</c> or <c>UsePostgreSql</c>.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="applicationName">
    /// The same on all nodes, and different for apps that must not read each other's cookies; null = the host decides, by default by the folder
    /// of the app.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// Neither was called before. A host with a context of its own lets it implement <see cref="IDataProtectionKeyContext"/> and calls
    /// <c>services.AddDataProtection().PersistKeysToDbContext&lt;TContext&gt;()</c> instead.
    /// </exception>
    public static HqOAuth2Builder PersistDataProtectionKeys(this HqOAuth2Builder builder, string? applicationName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.All(s => s.ServiceType != typeof(SchemaUpdate)))
            throw new InvalidOperationException(
                "PersistDataProtectionKeys() keeps the keys in the database of UseSqlite or UsePostgreSql: call one of them before it. With a "
                    + "context of your own let it implement IDataProtectionKeyContext, call "
                    + "services.AddDataProtection().PersistKeysToDbContext<YourContext>() instead, and add a migration."
            );
        var protection = builder.Services.AddDataProtection().PersistKeysToDbContext<HqOAuth2DbContext>();
        if (applicationName is not null)
            protection.SetApplicationName(applicationName);
        return builder;
    }

    private static HqOAuth2Builder UseDatabase(
        this HqOAuth2Builder builder,
        Action<DbContextOptionsBuilder> database,
        SqliteFile? file = null
    )
    {
        // The last call is used: otherwise the settings of two databases would be mixed.
        builder.Services.RemoveAll<IDbContextOptionsConfiguration<HqOAuth2DbContext>>();
        builder.Services.RemoveAll<SqliteFile>();
        if (file is not null)
            builder.Services.AddSingleton(file);
        builder.Services.AddPooledDbContextFactory<HqOAuth2DbContext>(options =>
        {
            // A ticket that is taken is an answer and no error: anyone who sends a code or an assertion twice could fill the log. The server logs
            // each failure that it answers.
            options.ConfigureWarnings(w =>
                w.Log((RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug))
            );
            database(options);
        });
        builder.Services.TryAddSingleton<SchemaUpdate>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SchemaAtStart>());
        builder.AddEntityFrameworkStores<HqOAuth2DbContext>();
        if (file is not null)
        {
            builder.Services.TryAddSingleton<OpenContexts>();
            builder.Services.Replace(ServiceDescriptor.Singleton(s => new OwnContext(s.GetRequiredService<OpenContexts>().Take)));
        }

        return builder;
    }

    private static Func<(DbContext, IAsyncDisposable)> Opener<TContext>(IServiceProvider services)
        where TContext : DbContext
    {
        if (services.GetService<IDbContextFactory<TContext>>() is { } factory)
            return () =>
            {
                var context = factory.CreateDbContext();
                return (context, context);
            };
        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        return () =>
        {
            var scope = scopes.CreateAsyncScope();
            return (scope.ServiceProvider.GetRequiredService<TContext>(), scope);
        };
    }
}
