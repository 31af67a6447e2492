using System.Net.Sockets;
using Karez.Interop.Harness;
using Karez.Proxy;
using Karez.Proxy.Socks5;

namespace Karez.Interop.V2Ray;

/// <summary>v2ray's client, with mux, against our server's side of Mux.Cool.</summary>
public sealed class MuxClientTests
{
    [Fact]
    public async Task Pages_are_fetched_side_by_side_in_one_connection()
    {
        await using var origin = new Origin();
        using var server = new MuxLoop();
        using var client = await V2RayPeer.ClientAsync(server.Port, mux: 8);
        int[] lengths = [1, 500, 20_000, 300_000, 1_000_000];

        var fetched = await Task.WhenAll(lengths.Select(async length =>
        {
            using var http = SocksHttp.Through(client.Port);
            return await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{origin.Port}/bytes/{length}"));
        }));

        Assert.Equal(lengths.Select(Origin.SumOfBody), fetched.Select(body => Origin.Sum(body)));
        Assert.Equal((1, lengths.Length), (server.Connections, server.Sessions));
        Assert.False(server.Serving.IsCompleted, "a connection failed");
    }

    [Fact]
    public async Task An_upload_arrives()
    {
        await using var origin = new Origin();
        using var server = new MuxLoop();
        using var client = await V2RayPeer.ClientAsync(server.Port, mux: 8);
        using var http = SocksHttp.Through(client.Port);
        using var content = new ByteArrayContent(Origin.Body(1_000_000));

        using var response = await http.PostAsync(new Uri($"http://127.0.0.1:{origin.Port}/"), content);

        Assert.Equal(Origin.SumOfBody(1_000_000), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Datagrams_come_back()
    {
        await using var echo = new UdpEcho();
        using var server = new MuxLoop();
        using var client = await V2RayPeer.ClientAsync(server.Port, mux: 8);
        using var control = new TcpClient();
        var relay = await SocksRelay.AssociateAsync(control, client.Port);
        using var socket = new UdpClient(0, AddressFamily.InterNetwork);
        Assert.True(Destination.TryFromHost("127.0.0.1", echo.Port, out var target));

        foreach (var length in (int[])[1, 100, 1_400])
        {
            var header = new byte[Socks5Datagram.MaxHeader];
            var prefix = header[..Socks5Datagram.WriteHeader(target, header)];
            await socket.SendAsync((byte[])[.. prefix, .. Origin.Body(length)], relay);
            var answer = await socket.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(10));

            Assert.Equal([.. prefix, 0xE0, .. Origin.Body(length)], answer.Buffer);
        }
    }
}
