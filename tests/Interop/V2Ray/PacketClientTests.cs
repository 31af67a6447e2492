using System.Net;
using System.Net.Sockets;
using Karez.Interop.Harness;
using Karez.Proxy;
using Karez.Proxy.Socks5;
using Karez.Proxy.Vless;

namespace Karez.Interop.V2Ray;

/// <summary>v2ray's client, whose datagrams travel as plain UDP (command 2), against our server's half.</summary>
public sealed class PacketClientTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Datagrams_come_back(string host)
    {
        await using var echo = new UdpEcho();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<(VlessRequest Request, List<int> Sizes)> serving;
        using (var client = await V2RayPeer.ClientAsync(((IPEndPoint)listener.LocalEndpoint).Port, mux: 0))
        {
            serving = ServeOneAsync(listener, echo.Port);
            await AskAsync(client.Port, host, echo.Port);
        }

        var (request, sizes) = await serving;
        Assert.Equal((V2RayPeer.User, VlessCommand.Udp), (request.User, request.Command));
        Assert.Equal($"{host}:{echo.Port}", request.Destination.ToString());
        Assert.Equal([1, 2, 100, 1_400], sizes);
    }

    private static async Task AskAsync(int socksPort, string host, int echoPort)
    {
        using var control = new TcpClient();
        var relay = await SocksRelay.AssociateAsync(control, socksPort);
        using var socket = new UdpClient(0, AddressFamily.InterNetwork);
        Assert.True(Destination.TryFromHost(host, echoPort, out var target));
        foreach (var length in (int[])[1, 2, 100, 1_400])
        {
            var header = new byte[Socks5Datagram.MaxHeader];
            var prefix = header[..Socks5Datagram.WriteHeader(target, header)];
            await socket.SendAsync((byte[])[.. prefix, .. Origin.Body(length)], relay);
            var answer = await socket.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(10));

            Assert.True(Socks5Datagram.TryRead(answer.Buffer, out _, out var offset));
            Assert.Equal([0xE0, .. Origin.Body(length)], answer.Buffer[offset..]);
        }
    }

    /// <summary>Serves one VLESS connection of datagrams to an echo on this machine.</summary>
    private static async Task<(VlessRequest Request, List<int> Sizes)> ServeOneAsync(TcpListener listener, int echoPort)
    {
        using var client = await listener.AcceptTcpClientAsync();
        using var exit = new UdpClient();
        exit.Connect(IPAddress.Loopback, echoPort);
        var stream = client.GetStream();
        var vless = new VlessServer();
        var packets = new VlessPackets();
        var input = new byte[65_536];
        List<int> sizes = [];
        var isRequestRead = false;
        for (var got = await ReadAsync(stream, input); got > 0; got = await ReadAsync(stream, input))
        {
            var at = 0;
            if (!isRequestRead)
            {
                var status = vless.Feed(input.AsSpan(0, got), out at);
                Assert.NotEqual(ParseStatus.Failed, status);
                isRequestRead = status == ParseStatus.Done;
                if (!isRequestRead)
                    continue;
                await stream.WriteAsync(new byte[VlessWire.ResponseLength]);
            }

            while (TakePacket(packets, input.AsSpan(at, got - at), out var consumed) is { } payload)
            {
                at += consumed;
                sizes.Add(payload.Length);
                await exit.SendAsync(payload);
                var answer = (await exit.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(10))).Buffer;
                var header = new byte[VlessPackets.HeaderLength];
                Assert.Equal(header.Length, VlessPackets.WriteHeader(answer.Length, header));
                await stream.WriteAsync((byte[])[.. header, .. answer]);
            }
        }

        return (vless.Request, sizes);
    }

    private static byte[]? TakePacket(VlessPackets packets, ReadOnlySpan<byte> input, out int consumed) =>
        packets.Feed(input, out consumed, out var payload) == ParseStatus.Done ? payload.ToArray() : null;

    /// <summary>What came; 0 at the end, however the ended program left it.</summary>
    private static async Task<int> ReadAsync(NetworkStream stream, Memory<byte> input)
    {
        try
        {
            return await stream.ReadAsync(input).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
