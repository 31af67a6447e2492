using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>Rules of a client without a device: its node is away, so what arrives went direct.</summary>
public sealed class RuleTests : NodeBed
{
    private const string Rules =
        """
        { "links": ["vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@127.0.0.1:1?security=reality&flow=xtls-rprx-vision&sni=www.example.com&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo&sid=0123456789abcdef"],
          "listen": "127.0.0.1:0",
          "route": { "rules": [
            { "to": "refuse", "addresses": ["127.0.0.9"] },
            { "to": "direct", "names": ["full:localhost"] },
            { "to": "direct", "addresses": ["127.0.0.0/8"] } ] } }
        """;

    [Fact]
    public async Task What_a_rule_sends_direct_needs_no_node_and_all_else_does()
    {
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "client.json"), Rules, TestContext.Current.CancellationToken);
        await using var client = Karez("connect", "--config", "client.json", "--state", "c", "--json");
        using var ready = JsonDocument.Parse(await client.LineAsync());
        var listen = ready.RootElement.GetProperty("listen").GetString()!;

        using var socks = Through(listen);
        Assert.Equal(20, await LengthAsync(socks, $"http://127.0.0.1:{Http}/bytes/20"));
        Assert.Equal(20, await LengthAsync(socks, $"http://localhost:{Http}/bytes/20"));
        using var forwarded = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy($"http://{listen}") });
        Assert.Equal(20, await LengthAsync(forwarded, $"http://127.0.0.1:{Http}/bytes/20"));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => LengthAsync(socks, $"http://127.0.0.9:{Http}/bytes/20"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => LengthAsync(socks, "http://192.0.2.1/"));
        await client.HearAsync("karez: the node: nothing listens at 127.0.0.1:1");
        await EchoAsync(IPEndPoint.Parse(listen));
    }

    /// <summary>One datagram there and back, by UDP ASSOCIATE.</summary>
    private static async Task EchoAsync(IPEndPoint proxy)
    {
        var stop = TestContext.Current.CancellationToken;
        using var echo = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var there = (IPEndPoint)echo.Client.LocalEndPoint!;
        using var control = new TcpClient();
        await control.ConnectAsync(proxy, stop);
        var stream = control.GetStream();
        await stream.WriteAsync(new byte[] { 5, 1, 0 }, stop);
        await stream.ReadExactlyAsync(new byte[2], stop);
        await stream.WriteAsync(new byte[] { 5, 3, 0, 1, 0, 0, 0, 0, 0, 0 }, stop);
        var answer = new byte[10];
        await stream.ReadExactlyAsync(answer, stop);
        Assert.Equal(0, answer[1]);
        using var program = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] datagram = [0, 0, 0, 1, 127, 0, 0, 1, (byte)(there.Port >> 8), (byte)there.Port, 42];
        await program.SendAsync(datagram, new IPEndPoint(proxy.Address, (answer[8] << 8) | answer[9]), stop);
        var got = await echo.ReceiveAsync(stop);
        Assert.Equal([42], got.Buffer);
        await echo.SendAsync(new byte[] { 43 }, got.RemoteEndPoint, stop);
        Assert.Equal([.. datagram[..10], 43], (await program.ReceiveAsync(stop)).Buffer);
    }

    private static async Task<int> LengthAsync(HttpClient http, string page) =>
        (await http.GetByteArrayAsync(new Uri(page), TestContext.Current.CancellationToken)).Length;
}
