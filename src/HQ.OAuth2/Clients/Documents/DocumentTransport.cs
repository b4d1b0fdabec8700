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
        resolve ??= Dns.GetHostAddressesAsync;
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
                var addresses = await resolve(context.DnsEndPoint.Host, ct);
                if (addresses.Length == 0 || !addresses.All(a => PublicAddress.Is(a) || (allowLoopback && IPAddress.IsLoopback(a))))
                    throw new HttpRequestException("the host has no address, or one that is not public");
                return await ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            },
        };
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
