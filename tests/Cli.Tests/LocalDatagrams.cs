using System.Net;
using System.Net.Sockets;

namespace Karez.Cli.Tests;

/// <summary>A program that sends datagrams by SOCKS5's UDP ASSOCIATE, to IPv4 addresses (RFC 1928 section 7).</summary>
internal sealed class LocalDatagrams : IDisposable
{
    private const int Header = 10;

    private readonly TcpClient _control = new();
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    private LocalDatagrams()
    {
    }

    public static async Task<LocalDatagrams> StartAsync(string proxy)
    {
        var program = new LocalDatagrams();
        await program._control.ConnectAsync(IPEndPoint.Parse(proxy));
        var stream = program._control.GetStream();
        await stream.WriteAsync((byte[])[5, 1, 0]);
        await stream.ReadExactlyAsync(new byte[2]);
        await stream.WriteAsync((byte[])[5, 3, 0, 1, 0, 0, 0, 0, 0, 0]);
        var reply = new byte[10];
        await stream.ReadExactlyAsync(reply);
        Assert.Equal(0, reply[1]);
        program._socket.Connect(new IPAddress(reply.AsSpan(4, 4)), (reply[8] << 8) | reply[9]);
        return program;
    }

    public async Task SendAsync(IPEndPoint to, ReadOnlyMemory<byte> payload) => await _socket.SendAsync(
        (byte[])[0, 0, 0, 1, .. to.Address.GetAddressBytes(), (byte)(to.Port >> 8), (byte)to.Port, .. payload.Span]);

    public async Task<byte[]> ReceiveAsync(CancellationToken cancellationToken) =>
        (await _socket.ReceiveAsync(cancellationToken)).Buffer[Header..];

    public void Dispose()
    {
        _control.Dispose();
        _socket.Dispose();
    }
}
