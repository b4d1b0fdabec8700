using System.Net;
using System.Net.Sockets;

namespace HQ.OAuth2;

/// <summary>
/// Ports for servers of tests, below those that the system gives to outgoing connections: a port of that range can be taken between the look and
/// the start. Each process begins at a place of its own.
/// </summary>
internal static class FreePort
{
    private const int First = 10_000;
    private const int Count = 5_900;

    private static int next = Environment.ProcessId * 37 % Count;

    public static int Next()
    {
        for (var i = 0; i < Count; i++)
        {
            var port = First + Interlocked.Increment(ref next) % Count;
            if (IsFree(port))
                return port;
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count} is free.");
    }

    // The servers of tests listen on both addresses of localhost.
    private static bool IsFree(int port)
    {
        try
        {
            foreach (var address in Socket.OSSupportsIPv6 ? new[] { IPAddress.Loopback, IPAddress.IPv6Loopback } : [IPAddress.Loopback])
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
