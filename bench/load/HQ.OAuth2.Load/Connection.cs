using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HQ.OAuth2.Load;

/// <summary>
/// One keep-alive connection, written and read by hand: the driver must not be what limits a server. It reads what the measured servers
/// send: a length, or chunks.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[32 * 1024];
    private int end;

    public Connection(Uri server) => socket.Connect(IPAddress.Parse(server.Host), server.Port);

    /// <summary>Sends a request and waits for the whole answer, which is valid until the next one.</summary>
    public Answer Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
            request = request[socket.Send(request)..];
        end = 0;
        int head;
        while ((head = buffer.AsSpan(0, end).IndexOf("\r\n\r\n"u8)) < 0)
            Receive();
        var body = head + 4;
        var headers = buffer.AsSpan(0, body);
        var status = Number(headers[9..12]);
        if (Answer.Header(headers, "content-length: "u8) is { IsEmpty: false } length)
        {
            var size = Number(length);
            while (end < body + size)
                Receive();
            return new(status, buffer.AsSpan(0, body), buffer.AsSpan(body, size));
        }

        return Answer.Header(headers, "transfer-encoding: "u8).IsEmpty
            ? new(status, headers, [])
            : new(status, buffer.AsSpan(0, body), Chunks(body));
    }

    // The chunks are moved together in the buffer.
    private Span<byte> Chunks(int start)
    {
        var (read, written) = (start, start);
        while (true)
        {
            int line;
            while ((line = buffer.AsSpan(read, end - read).IndexOf("\r\n"u8)) < 0)
                Receive();
            if (!Utf8Parser.TryParse(buffer.AsSpan(read, line), out int size, out _, 'x'))
                throw new LoadException("A chunk has no length.");
            read += line + 2;
            while (end < read + size + 2)
                Receive();
            if (size == 0)
                return buffer.AsSpan(start, written - start);
            buffer.AsSpan(read, size).CopyTo(buffer.AsSpan(written));
            written += size;
            read += size + 2;
        }
    }

    private void Receive()
    {
        if (end == buffer.Length)
            Array.Resize(ref buffer, 2 * buffer.Length);
        var count = socket.Receive(buffer.AsSpan(end));
        end += count > 0 ? count : throw new LoadException("The server closed the connection.");
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int number, out _)
            ? number
            : throw new LoadException($"{Encoding.ASCII.GetString(text)} is no number.");

    public void Dispose() => socket.Dispose();
}
