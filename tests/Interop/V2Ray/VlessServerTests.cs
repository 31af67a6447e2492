using System.Net;
using System.Net.Sockets;
using Karez.Interop.Harness;
using Karez.Proxy;
using Karez.Proxy.Vless;

namespace Karez.Interop.V2Ray;

/// <summary>Our client's half of VLESS against v2ray's server.</summary>
public sealed class VlessServerTests
{
    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("127.0.0.1", 3_000_000)]
    [InlineData("localhost", 70_000)]
    public async Task A_page_comes_through(string host, int length)
    {
        await using var origin = new Origin();
        using var server = await V2RayPeer.ServerAsync();
        using var connection = await OpenAsync(server, VlessCommand.Tcp, host, origin.Port);
        var stream = connection.Client.GetStream();
        await stream.WriteAsync(Origin.Request(length));

        var body = Origin.BodyOf(await ReadPayloadAsync(stream, connection.Vless));

        Assert.Equal(Origin.SumOfBody(length), Origin.Sum(body));
    }

    [Fact]
    public async Task Datagrams_come_back()
    {
        await using var echo = new UdpEcho();
        using var server = await V2RayPeer.ServerAsync();
        using var connection = await OpenAsync(server, VlessCommand.Udp, "127.0.0.1", echo.Port);
        var stream = connection.Client.GetStream();
        var packets = new VlessPackets();
        var pending = new byte[65_536];
        var filled = 0;
        foreach (var length in (int[])[1, 100, 1_400, 2_000])
        {
            var datagram = Origin.Body(length);
            var header = new byte[VlessPackets.HeaderLength];
            Assert.Equal(header.Length, VlessPackets.WriteHeader(length, header));
            await stream.WriteAsync((byte[])[.. header, .. datagram]);

            byte[]? answer = null;
            while (answer is null)
            {
                var got = await stream.ReadAsync(pending.AsMemory(filled)).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
                Assert.NotEqual(0, got);
                filled += got;
                var at = 0;
                if (!connection.Vless.Answered)
                    connection.Vless.Feed(pending.AsSpan(0, filled), out at);
                if (packets.Feed(pending.AsSpan(at, filled - at), out var consumed, out var payload) == ParseStatus.Done)
                    answer = payload.ToArray();
                at += consumed;
                pending.AsSpan(at, filled - at).CopyTo(pending);
                filled -= at;
            }

            Assert.Equal([0xE0, .. datagram], answer);
        }
    }

    [Fact]
    public async Task A_foreign_id_gets_nothing()
    {
        await using var origin = new Origin();
        using var server = await V2RayPeer.ServerAsync();
        using var connection =
            await OpenAsync(server, VlessCommand.Tcp, "127.0.0.1", origin.Port, Guid.Parse(new string('1', 32)));
        var stream = connection.Client.GetStream();
        await stream.WriteAsync(Origin.Request(1));

        var got = await VlessStreams.ReadToEndAsync(stream);

        Assert.Empty(got);
    }

    private static async Task<Connected> OpenAsync(
        V2RayPeer server, VlessCommand command, string host, int port, Guid? user = null)
    {
        Assert.True(Destination.TryFromHost(host, port, out var destination));
        var vless = new VlessClient(new VlessRequest(user ?? V2RayPeer.User, VlessFlow.None, command, destination));
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port);
        var request = new byte[VlessWire.MaxRequest];
        await client.GetStream().WriteAsync(request.AsMemory(0, vless.WriteRequest(request)));
        return new Connected(client, vless);
    }

    private static async Task<byte[]> ReadPayloadAsync(NetworkStream stream, VlessClient vless)
    {
        var everything = await VlessStreams.ReadToEndAsync(stream);
        Assert.Equal(ParseStatus.Done, vless.Feed(everything, out var consumed));
        return everything[consumed..];
    }

    private sealed record Connected(TcpClient Client, VlessClient Vless) : IDisposable
    {
        public void Dispose() => Client.Dispose();
    }
}
