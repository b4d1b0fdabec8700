using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HQ.OAuth2;

/// <summary>A TCP line to a server that a test can cut, now or just before an answer would come through.</summary>
internal sealed class CuttableLine : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly (string Host, int Port) server;
    private volatile bool isCut;
    private volatile string? cutAfter;

    public CuttableLine(string host, int port)
    {
        server = (host, port);
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How often an answer was lost.</summary>
    public int Lost { get; private set; }

    /// <summary>Ends every connection and lets none be made.</summary>
    public void Cut()
    {
        isCut = true;
        foreach (var connection in open.Keys)
            connection.Close();
    }

    public void Mend() => isCut = false;

    /// <summary>The next request with this text reaches the server, is carried out there, and its answer never arrives.</summary>
    public void LoseTheAnswerTo(string text) => cutAfter = text;

    public void Dispose()
    {
        Cut();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                if (isCut)
                    client.Close();
                else
                    _ = CarryAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var upstream = new TcpClient();
        open[client] = open[upstream] = true;
        try
        {
            await upstream.ConnectAsync(server.Host, server.Port);
            var loses = new[] { false };
            await Task.WhenAny(
                CopyAsync(client.GetStream(), upstream.GetStream(), loses, toServer: true),
                CopyAsync(upstream.GetStream(), client.GetStream(), loses, toServer: false)
            );
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException) { }
        finally
        {
            open.TryRemove(client, out _);
            open.TryRemove(upstream, out _);
            client.Dispose();
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool[] loses, bool toServer)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await from.ReadAsync(buffer)) > 0; )
            {
                if (
                    toServer
                    && cutAfter is { } text
                    && System.Text.Encoding.UTF8.GetString(buffer, 0, read).Contains(text, StringComparison.Ordinal)
                )
                    (cutAfter, loses[0]) = (null, true);
                if (!toServer && loses[0])
                {
                    Lost++;
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException) { }
    }
}
