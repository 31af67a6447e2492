using System.Net;
using System.Net.Sockets;
using Karez.Client;
using Karez.Proxy;
using Karez.Proxy.Socks5;

namespace Karez.Server.Tests.Datagrams;

/// <summary>A local program that uses SOCKS5's UDP ASSOCIATE.</summary>
internal sealed class SocksUdp : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _control = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[65536];

    private SocksUdp()
    {
        Socket.ReceiveBufferSize = 4 << 20;
        Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public IPEndPoint Relay { get; private set; } = null!;

    public static async Task<SocksUdp> StartAsync(LocalProxy proxy)
    {
        var program = new SocksUdp();
        await program._control.ConnectAsync(proxy.Listening);
        await program._control.SendAsync(new byte[] { 5, 1, 0 });
        var reply = new byte[64];
        Assert.Equal(2, await program._control.ReceiveAsync(reply));
        await program._control.SendAsync(new byte[] { 5, 3, 0, 1, 0, 0, 0, 0, 0, 0 });
        Assert.Equal(10, await program._control.ReceiveAsync(reply));
        Assert.Equal(0, reply[1]);
        program.Relay = new IPEndPoint(new IPAddress(reply.AsSpan(4, 4)), (reply[8] << 8) | reply[9]);
        return program;
    }

    public Task SendAsync(IPEndPoint to, ReadOnlyMemory<byte> payload) =>
        SendAsync(to.Address.ToString(), to.Port, payload);

    public async Task SendAsync(string host, int port, ReadOnlyMemory<byte> payload, Socket? from = null)
    {
        Assert.True(Destination.TryFromHost(host, port, out var destination));
        var datagram = new byte[Socks5Datagram.HeaderLength(destination) + payload.Length];
        payload.CopyTo(datagram.AsMemory(Socks5Datagram.WriteHeader(destination, datagram)));
        await (from ?? Socket).SendToAsync(datagram, Relay);
    }

    public async Task<(Destination Source, byte[] Payload)> ReceiveAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Patience);
        var got = await Socket.ReceiveFromAsync(_buffer, SocketFlags.None, Relay, limit.Token);
        Assert.True(Socks5Datagram.TryRead(_buffer.AsSpan(0, got.ReceivedBytes), out var source, out var offset));
        return (source, _buffer[offset..got.ReceivedBytes]);
    }

    public Task ExpectNothingAsync(double seconds = 0.7) => Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => ReceiveAsync(TimeSpan.FromSeconds(seconds)));

    public async Task<int> ReceiveEndAsync() => await _control.ReceiveAsync(_buffer).WaitAsync(Patience);

    public void Dispose()
    {
        _control.Dispose();
        Socket.Dispose();
    }
}
