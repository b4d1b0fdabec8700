using System.Net;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>How the way to the server fails.</summary>
public enum WireFault
{
    /// <summary>The server is not reached.</summary>
    Throws,

    /// <summary>The server has answered, and the answer is lost.</summary>
    LosesAnswer,

    /// <summary>The client gives up by its own limit.</summary>
    TimesOut,

    /// <summary>Nothing comes, until the call is given up.</summary>
    Hangs,

    /// <summary>The server answers, after the call was given up.</summary>
    AnswersLate,

    /// <summary>The answer breaks off.</summary>
    BreaksOff,

    /// <summary>The body never comes.</summary>
    Stalls,

    /// <summary>Something between says that it failed.</summary>
    Refuses,

    /// <summary>Something between answers in the place of the server.</summary>
    IsNoJson,
}

/// <summary>
/// An API in another process, by each kind of token: every call to the server fails in each way, and every store call of the server behind it. The
/// answer is 503, never what the API has; and the same request succeeds afterwards. The calls are counted, not listed.
/// </summary>
internal sealed class FailClosedSchemeTests
{
    private const string Resource = "https://api.example.com/notes";
    private const string Url = "https://api.example.com/read";

    private static readonly ProofKey key = ProofKey.New();

    private FaultyStores stores = null!;
    private TestApp server = null!;
    private FaultyWire wire = null!;
    private WebApplication api = null!;
    private WebApplication hasty = null!;
    private int served;

    [SetUp]
    public async Task StartAsync()
    {
        stores = new();
        server = await TestApp.StartAsync(
            o =>
            {
                o.Resources.Add(new() { Identifier = Resource });
                (o.PersonalAccessTokens, o.CacheClientsFor) = (true, TimeSpan.Zero);
            },
            parts: s => stores.Use(s.Services),
            inMemory: true
        );
        wire = new(server.Server.CreateHandler());
        api = await StartApiAsync(patience: TimeSpan.FromSeconds(30));
        hasty = await StartApiAsync(patience: TimeSpan.FromMilliseconds(300));
    }

    private async Task<WebApplication> StartApiAsync(TimeSpan patience)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(server.Clock);
        builder
            .Services.AddAuthentication(HqOAuth2BearerDefaults.AuthenticationScheme)
            .AddHqOAuth2Introspection(o =>
            {
                o.Issuer = TestApp.Issuer;
                (o.ClientId, o.ClientSecret, o.CacheFor) = ("machine", TestApp.WebSecret, TimeSpan.Zero);
                o.Resources.Add(Resource);
                o.Backchannel = new HttpClient(wire) { Timeout = patience };
            });
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.MapGet("/read", () => Interlocked.Increment(ref served)).RequireScope("read");
        await app.StartAsync();
        return app;
    }

    [TearDown]
    public async Task StopAsync()
    {
        await api.DisposeAsync();
        await hasty.DisposeAsync();
        await server.DisposeAsync();
        wire.Dispose();
    }

    [Test]
    public async Task Each_call_to_the_server_may_fail([Values] bool isBound, [Values] WireFault fault)
    {
        var send = await TokenAsync(isBound);
        wire.Begin(null);
        (await send(api)).Status.Should().Be(200);
        var calls = wire.Count;
        calls.Should().BePositive();
        for (var call = 1; call <= calls; call++)
        {
            var before = served;
            wire.Begin((call, fault));
            // A call that is given up is given up by a limit that no other call of this test must keep.
            var waits = fault is WireFault.Hangs or WireFault.AnswersLate or WireFault.Stalls;
            var (status, headers) = await send(waits ? hasty : api);

            status.Should().Be(503, "call {0}", call);
            headers.RetryAfter.Should().NotBeNull();
            headers.WwwAuthenticate.Should().BeEmpty("a new token would not help");
            served.Should().Be(before);
            wire.Begin(null);
            (await send(api)).Status.Should().Be(200, "after call {0}", call);
        }
    }

    [Test]
    public async Task Each_store_call_behind_the_introspection_may_fail([Values] bool isBound)
    {
        var send = await TokenAsync(isBound);
        stores.Begin(null);
        (await send(api)).Status.Should().Be(200);
        var calls = stores.Calls.ToList();
        calls.Should().NotBeEmpty();
        for (var call = 1; call <= calls.Count; call++)
        {
            foreach (var fault in Enum.GetValues<StoreFault>().Except([StoreFault.CallerLeaves, StoreFault.IsBroken]))
            {
                var (what, before) = ($"call {call} ({calls[call - 1]}) {fault}", served);
                stores.Begin((call, fault));
                var status = (await send(api)).Status;
                stores.End();

                status.Should().BeOneOf([200, 503], what);
                served.Should().Be(before + (status == 200 ? 1 : 0), what);
                (await send(api)).Status.Should().Be(200, "after {0}", what);
            }
        }
    }

    private async Task<Func<WebApplication, Task<(int Status, System.Net.Http.Headers.HttpResponseHeaders Headers)>>> TokenAsync(
        bool isBound
    )
    {
        (string, string?)[] request = [("scope", "read"), ("resource", Resource)];
        var token = (isBound ? await server.BoundTokensAsync(key, "spa", request) : await server.TokensAsync("spa", request)).AccessToken();
        return async app =>
        {
            using var http = app.GetTestClient();
            using var message = new HttpRequestMessage(HttpMethod.Get, Url);
            message.Headers.Authorization = new(isBound ? "DPoP" : "Bearer", token);
            if (isBound)
                message.Headers.Add("DPoP", key.Proof("GET", Url, server.Clock.Now, token));
            using var response = await http.SendAsync(message);
            return ((int)response.StatusCode, response.Headers);
        };
    }

    /// <summary>The way to the server, behind a counter of calls, one of which fails.</summary>
    private sealed class FaultyWire(HttpMessageHandler server) : DelegatingHandler(server)
    {
        private (int Call, WireFault Fault)? planned;

        public int Count { get; private set; }

        public void Begin((int Call, WireFault Fault)? fault) => (Count, planned) = (0, fault);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            if (planned is not { } plan || plan.Call != Count)
                return await base.SendAsync(request, cancellationToken);
            switch (plan.Fault)
            {
                case WireFault.Throws:
                    throw new HttpRequestException("no route");
                case WireFault.LosesAnswer:
                    (await base.SendAsync(request, cancellationToken)).Dispose();
                    throw new IOException("reset");
                case WireFault.TimesOut:
                    throw new TaskCanceledException("too long", new TimeoutException());
                case WireFault.Hangs:
                    await GivenUpAsync(cancellationToken);
                    throw new OperationCanceledException(cancellationToken);
                case WireFault.AnswersLate:
                    await GivenUpAsync(cancellationToken);
                    return await base.SendAsync(request, CancellationToken.None);
                case WireFault.BreaksOff:
                    return new() { Content = new BrokenContent(isStalled: false) };
                case WireFault.Stalls:
                    return new() { Content = new BrokenContent(isStalled: true) };
                case WireFault.Refuses:
                    return new(HttpStatusCode.BadGateway) { Content = new StringContent("""{"active":true}""") };
                default:
                    return new() { Content = new StringContent("<p>Maintenance</p>") };
            }
        }

        // The limit of the HTTP client and that of the scheme are not over in the same instant.
        private static async Task GivenUpAsync(CancellationToken ct)
        {
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(200, CancellationToken.None);
        }
    }

    /// <summary>A body that begins as that of an active token, and has no end.</summary>
    private sealed class BrokenContent(bool isStalled) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync("""{"active":true,"scope":"read","""u8.ToArray(), cancellationToken);
            if (isStalled)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new IOException("reset");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
