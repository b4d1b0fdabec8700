using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>How a call of a store fails.</summary>
internal enum StoreFault
{
    /// <summary>It throws, and nothing is done.</summary>
    Throws,

    /// <summary>It is done, and the answer is lost.</summary>
    LosesAnswer,

    /// <summary>The caller of the request disconnects when it begins. It throws if it was given the caller's token, else it is done.</summary>
    CallerLeaves,

    /// <summary>
    /// It does nothing until the host's time limit for the request is over, and is given up then; if it was not given the request's token, the
    /// driver's own limit ends it.
    /// </summary>
    Hangs,

    /// <summary>The host's time limit for the request is over while it is done; then it answers.</summary>
    AnswersLate,

    /// <summary>It has a bug: it throws what nobody expects, with what it was given.</summary>
    IsBroken,
}

/// <summary>
/// The stores in memory behind a counter of calls, one of which fails. The calls are found by the interfaces themselves: a method that is added
/// later is counted and fails too.
/// </summary>
internal sealed class FaultyStores
{
    private readonly List<string> calls = [];
    private (int Call, StoreFault Fault)? planned;
    private bool isCounting;
    private HttpContext? request;
    private TimeLimit? limit;

    /// <summary>Calls that never answer: each of them waits until its token is cancelled.</summary>
    public Func<string, bool> IsStuck { get; set; } = _ => false;

    /// <summary>How many calls wait like that.</summary>
    public int Stuck => stuck;

    private int stuck;

    /// <summary>The method and the route of the last request, as routing has it.</summary>
    public (string Method, string Route)? Endpoint { get; private set; }

    /// <summary>The calls since the counting began.</summary>
    public IReadOnlyList<string> Calls => calls;

    public void Use(IServiceCollection services)
    {
        services.AddSingleton<IStartupFilter>(new Watch(this));
        services.Replace(ServiceDescriptor.Singleton<IClientStore>(Behind<IClientRegistry>(new InMemoryClientRegistry())));
        services.Replace(ServiceDescriptor.Singleton(Behind<IAuthorizationStore>(new InMemoryAuthorizationStore())));
        services.Replace(
            ServiceDescriptor.Singleton(s => Behind<ITicketStore>(new InMemoryTicketStore(s.GetRequiredService<TimeProvider>())))
        );
        services.Replace(ServiceDescriptor.Singleton(Behind<IKeyStore>(new InMemoryKeyStore())));
    }

    /// <summary>Counts from now on; the call with this number, from 1, fails.</summary>
    public void Begin((int Call, StoreFault Fault)? fault)
    {
        calls.Clear();
        (planned, isCounting) = (fault, true);
    }

    public void End() => isCounting = false;

    private T Behind<T>(T store)
        where T : class
    {
        var proxy = DispatchProxy.Create<T, Proxy>();
        ((Proxy)(object)proxy).Set(this, store);
        return proxy;
    }

    private StoreFault? Next(string call)
    {
        lock (calls)
        {
            if (!isCounting)
                return null;
            calls.Add(call);
            return planned is { } plan && plan.Call == calls.Count ? plan.Fault : null;
        }
    }

    internal class Proxy : DispatchProxy
    {
        private FaultyStores stores = null!;
        private object inner = null!;

        public void Set(FaultyStores faulty, object store) => (stores, inner) = (faulty, store);

        protected override object? Invoke(MethodInfo? method, object?[]? args)
        {
            var fault = stores.Next($"{method!.DeclaringType!.Name}.{method.Name}");
            var type = method.ReturnType;
            if (fault == StoreFault.CallerLeaves)
            {
                stores.request!.Abort();
                if (!args!.OfType<CancellationToken>().Any(ct => ct.IsCancellationRequested))
                    fault = null;
            }

            if (fault is StoreFault.Hangs or StoreFault.AnswersLate)
                stores.limit!.End();
            if (fault == StoreFault.AnswersLate)
                fault = null;
            if (fault == StoreFault.IsBroken)
                throw new NotSupportedException("secret-detail " + string.Join(' ', args!));
            var isStuck = stores.IsStuck($"{method.DeclaringType.Name}.{method.Name}");
            if (fault is null && !isStuck)
                return method.Invoke(inner, args);
            var ct = args!.OfType<CancellationToken>().Single();
            if (type == typeof(ValueTask))
                return new ValueTask(FailAsync(fault, async () => await (ValueTask)method.Invoke(inner, args)!, ct));
            // ValueTask<T>
            return typeof(Proxy)
                .GetMethod(nameof(FailOf), BindingFlags.NonPublic | BindingFlags.Instance)!
                .MakeGenericMethod(type.GetGenericArguments())
                .Invoke(this, [fault, (Func<object>)(() => method.Invoke(inner, args)!), ct]);
        }

        private ValueTask<T> FailOf<T>(StoreFault? fault, Func<object> call, CancellationToken ct)
        {
            return new(RunAsync());

            async Task<T> RunAsync()
            {
                await FailAsync(fault, async () => await (ValueTask<T>)call(), ct);
                throw new UnreachableException();
            }
        }

        // No fault: the call is stuck.
        private async Task FailAsync(StoreFault? fault, Func<Task> call, CancellationToken ct)
        {
            if (fault is null)
                await StickAsync(ct);
            if (fault == StoreFault.LosesAnswer)
                await call();
            throw fault == StoreFault.CallerLeaves || (fault == StoreFault.Hangs && ct.IsCancellationRequested)
                ? new OperationCanceledException("secret-detail")
                : new TimeoutException("secret-detail of the store");
        }

        private async Task StickAsync(CancellationToken ct)
        {
            Interlocked.Increment(ref stores.stuck);
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            finally
            {
                Interlocked.Decrement(ref stores.stuck);
            }
        }
    }

    /// <summary>Knows the request that is being answered.</summary>
    private sealed class Watch(FaultyStores stores) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    async (HttpContext http, RequestDelegate rest) =>
                    {
                        stores.request = http;
                        using (stores.limit = new TimeLimit(http))
                            await stores.limit.RunAsync(rest);
                        if (http.GetEndpoint() is RouteEndpoint endpoint)
                            stores.Endpoint = (http.Request.Method, endpoint.RoutePattern.RawText!);
                    }
                );
                next(app);
            };
    }

    /// <summary>
    /// A time limit for a request as <c>UseRequestTimeouts</c> has it, but that ends when a test says so. (RequestTimeoutTests has the real one.)
    /// </summary>
    private sealed class TimeLimit : IHttpRequestTimeoutFeature, IDisposable
    {
        private readonly CancellationTokenSource own = new();
        private readonly CancellationTokenSource both;
        private readonly HttpContext http;

        public TimeLimit(HttpContext http)
        {
            this.http = http;
            both = CancellationTokenSource.CreateLinkedTokenSource(own.Token, http.RequestAborted);
        }

        public CancellationToken RequestTimeoutToken => own.Token;

        public void DisableTimeout() => throw new NotSupportedException();

        public void End() => own.Cancel();

        public async Task RunAsync(RequestDelegate rest)
        {
            var original = http.RequestAborted;
            http.Features.Set<IHttpRequestTimeoutFeature>(this);
            http.RequestAborted = both.Token;
            try
            {
                await rest(http);
            }
            catch (OperationCanceledException) when (own.IsCancellationRequested && !original.IsCancellationRequested)
            {
                if (http.Response.HasStarted)
                    throw;
                http.Response.Clear();
                http.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
            }
            finally
            {
                http.RequestAborted = original;
                http.Features.Set<IHttpRequestTimeoutFeature>(null);
            }
        }

        public void Dispose()
        {
            both.Dispose();
            own.Dispose();
        }
    }

    private sealed class UnreachableException : Exception;
}
