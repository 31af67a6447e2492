using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Karez.EndToEnd.Load;

/// <summary>One small request over a new connection, straight or by SOCKS5.</summary>
internal sealed class SmallFlow(IPAddress host, int port, int? socks)
{
    private readonly byte[] _request = Encoding.ASCII.GetBytes(
        $"GET /small HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

    private readonly byte[] _keeping = Encoding.ASCII.GetBytes($"GET /small HTTP/1.1\r\nHost: {host}\r\n\r\n");

    /// <summary>
    /// Gives the time from before the connect to the first octet of the answer; reads it to its end, and closes as the
    /// first: some tools wait seconds before they pass the origin's end on.
    /// </summary>
    public TimeSpan Fetch()
    {
        var watch = Stopwatch.StartNew();
        using var socket = Connect();
        socket.Send(_request);
        var block = new byte[2048];
        var read = socket.Receive(block);
        var first = watch.Elapsed;
        if (!block.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8))
            throw new IOException($"a wrong answer of {read} octets");
        while (!block.AsSpan(0, read).EndsWith("\r\n\r\nok"u8))
        {
            if (socket.Receive(block.AsSpan(read)) is var more && more == 0)
                throw new IOException("half an answer");
            read += more;
        }

        return first;
    }

    /// <summary>Opens a connection that had an answer and stays open.</summary>
    public Socket Open()
    {
        var socket = Connect();
        socket.Send(_keeping);
        var block = new byte[2048];
        if (!block.AsSpan(0, socket.Receive(block)).StartsWith("HTTP/1.1 200"u8))
            throw new IOException("a wrong answer");
        return socket;
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(socks is { } proxy ? new IPEndPoint(IPAddress.Loopback, proxy) : new IPEndPoint(host, port));
        if (socks is null)
            return socket;
        Span<byte> block = stackalloc byte[22];
        socket.Send([5, 1, 0]);
        Expect(socket, block[..2]);
        ReadOnlySpan<byte> connect = [5, 1, 0, 1];
        connect.CopyTo(block);
        host.TryWriteBytes(block[4..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(block[8..], (ushort)port);
        socket.Send(block[..10]);
        // The bound address is of either family.
        Expect(socket, block[..4]);
        if (block[1] != 0)
            throw new IOException($"SOCKS answered {block[1]}");
        Expect(socket, block[..(block[3] == 4 ? 18 : 6)]);
        return socket;
    }

    private static void Expect(Socket socket, Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            var read = socket.Receive(into);
            if (read == 0)
                throw new IOException("the proxy closed");
            into = into[read..];
        }
    }
}
