using System.Net;
using System.Net.Sockets;

namespace HQ.OAuth2;

/// <summary>
/// Connections to places that a stranger named: only to public addresses, checked on the very address that is connected to, so that a
/// name that changes between look-up and connect gains nothing. No proxy, no cookie, no redirect, no credentials.
/// </summary>
internal static class DocumentTransport
{
    private const int MaxHeaderKilobytes = 16;

    private static readonly TimeSpan connectionLife = TimeSpan.FromSeconds(30);

    /// <param name="allowLoopback">Whether this machine itself may be asked: for tests.</param>
    /// <param name="resolve">Looks up a name or reads an address; null = the system's resolver.</param>
    public static SocketsHttpHandler Handler(bool allowLoopback, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        resolve ??= (host, _) => OnOneThreadAsync(host, Dns.GetHostAddresses);
        return new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = connectionLife,
            // A connection is made for all who wait, so no request's own limit ends it.
            ConnectTimeout = DocumentFetcher.Timeout,
            ConnectCallback = async (context, ct) =>
            {
                context.InitialRequestMessage.Options.TryGetValue(FetchSlot.Key, out var slot);
                var addresses = await LookUpAsync(context.DnsEndPoint.Host, resolve, slot, ct);
                if (addresses.Length == 0 || !addresses.All(a => PublicAddress.Is(a) || (allowLoopback && IPAddress.IsLoopback(a))))
                    throw new HttpRequestException("the host has no address, or one that is not public");
                return await ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            },
        };
    }

    /// <summary>
    /// Runs a look-up on a thread of its own. The system's resolver blocks its thread for as long as a name server is silent, and nothing
    /// interrupts it: on the pool it would take the threads of all requests.
    /// </summary>
    public static Task<IPAddress[]> OnOneThreadAsync(string host, Func<string, IPAddress[]> lookUp) =>
        Task.Factory.StartNew(() => lookUp(host), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static async Task<IPAddress[]> LookUpAsync(
        string host,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        FetchSlot? slot,
        CancellationToken ct
    )
    {
        if (slot?.TryHold() == false)
            throw new OperationCanceledException("the fetch was given up");
        var lookUp = HoldAsync();
        // Nobody may be left to see how it fails.
        _ = lookUp.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return await lookUp.WaitAsync(ct);

        // The slot is free again when the look-up has really returned, however early the fetch was given up.
        async Task<IPAddress[]> HoldAsync()
        {
            using (slot)
                return await resolve(host, ct);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
