using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace HQ.OAuth2;

/// <summary>
/// Contexts of <c>UseSqlite</c> whose connections stay open from step to step. Each time a connection opens, EF Core adds its functions to it and
/// we set our pragmas: that takes longer than most statements.
/// </summary>
internal sealed class OpenContexts(IDbContextFactory<HqOAuth2DbContext> contexts) : IDisposable
{
    // A burst of requests opens more; they are closed after their step.
    private const int MaxIdle = 32;

    private readonly ConcurrentQueue<HqOAuth2DbContext> idle = new();

    public (DbContext Context, IAsyncDisposable Owner) Take()
    {
        if (!idle.TryDequeue(out var context))
        {
            context = contexts.CreateDbContext();
            try
            {
                context.Database.OpenConnection();
            }
            catch (Exception)
            {
                context.Dispose();
                throw;
            }
        }

        return (context, new Step(this, context));
    }

    public void Dispose()
    {
        while (idle.TryDequeue(out var context))
            context.Dispose();
    }

    private void Return(HqOAuth2DbContext context)
    {
        context.ChangeTracker.Clear();
        if (idle.Count < MaxIdle)
            idle.Enqueue(context);
        else
            context.Dispose();
    }

    private sealed class Step(OpenContexts contexts, HqOAuth2DbContext context) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            contexts.Return(context);
            return default;
        }
    }
}
