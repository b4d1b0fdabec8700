using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
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

            if (fault is null)
                return method.Invoke(inner, args);
            if (type == typeof(ValueTask))
                return new ValueTask(FailAsync((StoreFault)fault, async () => await (ValueTask)method.Invoke(inner, args)!));
            // ValueTask<T>
            return typeof(Proxy)
                .GetMethod(nameof(FailOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(type.GetGenericArguments())
                .Invoke(null, [fault, (Func<object>)(() => method.Invoke(inner, args)!)]);
        }

        private static ValueTask<T> FailOf<T>(StoreFault fault, Func<object> call)
        {
            return new(RunAsync());

            async Task<T> RunAsync()
            {
                await FailAsync(fault, async () => await (ValueTask<T>)call());
                throw new UnreachableException();
            }
        }

        private static async Task FailAsync(StoreFault fault, Func<Task> call)
        {
            if (fault == StoreFault.LosesAnswer)
                await call();
            throw fault == StoreFault.CallerLeaves
                ? new OperationCanceledException("secret-detail")
                : new TimeoutException("secret-detail of the store");
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
                        await rest(http);
                        if (http.GetEndpoint() is RouteEndpoint endpoint)
                            stores.Endpoint = (http.Request.Method, endpoint.RoutePattern.RawText!);
                    }
                );
                next(app);
            };
    }

    private sealed class UnreachableException : Exception;
}
