using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Karez.Client;

namespace Karez.Server.Tests.Sharing;

/// <summary>A local program's SOCKS5 connection to a <see cref="TalkOrigin"/>.</summary>
internal sealed class TalkVisit : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TalkVisit(Socket socket) => (Socket, Stream) = (socket, new NetworkStream(socket, ownsSocket: true));

    public Socket Socket { get; }

    public NetworkStream Stream { get; }

    public static async Task<TalkVisit> OpenAsync(LocalProxy client, IPEndPoint to)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(client.Listening);
        var visit = new TalkVisit(socket);
        await visit.Stream.WriteAsync((byte[])
            [5, 1, 0, 5, 1, 0, 1, .. to.Address.GetAddressBytes(), (byte)(to.Port >> 8), (byte)to.Port]);
        var reply = new byte[12];
        await visit.Stream.ReadExactlyAsync(reply).AsTask().WaitAsync(Patience);
        Assert.Equal(0, reply[3]);
        return visit;
    }

    /// <summary>One that echoes, and has shown it.</summary>
    public static async Task<TalkVisit> EchoAsync(LocalProxy client, IPEndPoint to)
    {
        var visit = await OpenAsync(client, to);
        await visit.Stream.WriteAsync("e!"u8.ToArray());
        var heard = new byte[1];
        await visit.Stream.ReadExactlyAsync(heard).AsTask().WaitAsync(Patience);
        Assert.Equal((byte)'!', heard[0]);
        return visit;
    }

    public async Task AskAsync(long length)
    {
        var order = new byte[9];
        order[0] = (byte)'d';
        BinaryPrimitives.WriteInt64BigEndian(order.AsSpan(1), length);
        await Stream.WriteAsync(order);
    }

    /// <summary>Reads a download to its end; throws unless it is whole and right.</summary>
    public async Task TakeAsync(long length)
    {
        var (buffer, expected, at) = (new byte[65536], new byte[65536], 0L);
        int count;
        while ((count = await Stream.ReadAsync(buffer).AsTask().WaitAsync(Patience)) > 0)
        {
            TalkOrigin.Fill(expected.AsSpan(0, count), at);
            Assert.True(expected.AsSpan(0, count).SequenceEqual(buffer.AsSpan(0, count)), $"wrong behind {at}");
            at += count;
        }

        Assert.Equal(length, at);
    }

    public void Dispose() => Stream.Dispose();
}
