using System.Net;
using System.Net.Sockets;
using Karez.Interop.Harness;
using Karez.Proxy;
using Karez.Proxy.Vless;

namespace Karez.Interop.V2Ray;

/// <summary>v2ray's client against our server's half of VLESS.</summary>
public sealed class VlessClientTests
{
    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("127.0.0.1", 3_000_000)]
    [InlineData("localhost", 70_000)]
    public async Task A_page_is_fetched_through_our_half(string host, int length)
    {
        await using var origin = new Origin();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = await V2RayPeer.ClientAsync(((IPEndPoint)listener.LocalEndpoint).Port, mux: 0);
        var serving = ServeOneAsync(listener);

        using var http = SocksHttp.Through(client.Port);
        var body = await http.GetByteArrayAsync(new Uri($"http://{host}:{origin.Port}/bytes/{length}"));
        var request = await serving;

        Assert.Equal(Origin.SumOfBody(length), Origin.Sum(body));
        Assert.Equal(V2RayPeer.User, request.User);
        Assert.Equal($"{host}:{origin.Port}", request.Destination.ToString());
    }

    [Fact]
    public async Task An_upload_passes_our_half()
    {
        await using var origin = new Origin();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = await V2RayPeer.ClientAsync(((IPEndPoint)listener.LocalEndpoint).Port, mux: 0);
        var serving = ServeOneAsync(listener);

        using var http = SocksHttp.Through(client.Port);
        using var content = new ByteArrayContent(Origin.Body(2_000_000));
        using var response = await http.PostAsync(new Uri($"http://127.0.0.1:{origin.Port}/"), content);
        await serving;

        Assert.Equal(Origin.SumOfBody(2_000_000), await response.Content.ReadAsStringAsync());
    }

    /// <summary>Serves one VLESS connection as a server without users would: reads, answers, carries.</summary>
    private static async Task<VlessRequest> ServeOneAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var vless = new VlessServer();
        var buffer = new byte[8_192];
        var rest = Array.Empty<byte>();
        for (var status = ParseStatus.NeedInput; status == ParseStatus.NeedInput;)
        {
            var got = await stream.ReadAsync(buffer);
            Assert.NotEqual(0, got);
            status = vless.Feed(buffer.AsSpan(0, got), out var consumed);
            Assert.NotEqual(ParseStatus.Failed, status);
            rest = buffer[consumed..got];
        }

        using var exit = new TcpClient();
        await exit.ConnectAsync(IPAddress.Loopback, vless.Request.Destination.Port);
        var outside = exit.GetStream();
        var response = new byte[VlessWire.ResponseLength];
        await stream.WriteAsync(response.AsMemory(0, VlessWire.WriteResponse(response)));
        await outside.WriteAsync(rest);
        var up = VlessStreams.CarryAsync(stream, outside);
        await VlessStreams.CarryAsync(outside, stream);
        await up;
        return vless.Request;
    }
}
