using System.Net;
using System.Net.Sockets;

namespace HQ.OAuth2;

/// <summary>
/// Connections to hosts that an unknown caller named. Only public addresses are allowed. The address that is connected to is itself checked, so
/// a name that changes between look-up and connection gains nothing. No proxy, no cookie, no redirect, no credentials.
/// </summary>
internal static class DocumentTransport
{
    private const int MaxHeaderKilobytes = 16;

    private static readonly TimeSpan connectionLife = TimeSpan.FromSeconds(30);

    /// <param name="allowLoopback">Whether loopback addresses are allowed: for tests.</param>
    /// <param name="resolve">Resolves a name or parses an address; null = the system's resolver.</param>
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
            // Several requests may wait for one connection, so the time limit of a single request does not end it.
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
    /// Runs a look-up on a thread of its own. The system's resolver blocks its thread while a name server does not answer, and cannot be
    /// interrupted: in the thread pool it would take the threads of all requests.
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
        // Observe the exception: perhaps no caller waits for it any more.
        _ = lookUp.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return await lookUp.WaitAsync(ct);

        // The slot becomes free only when the look-up has returned, even if the fetch was given up earlier.
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
