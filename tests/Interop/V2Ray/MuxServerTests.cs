using System.Net;
using System.Net.Sockets;
using Karez.Interop.Harness;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;

namespace Karez.Interop.V2Ray;

/// <summary>Our client's side of Mux.Cool against v2ray's server.</summary>
public sealed class MuxServerTests
{
    [Fact]
    public async Task Pages_come_through_side_by_side()
    {
        await using var origin = new Origin();
        using var server = await V2RayPeer.ServerAsync();
        using var stream = await MuxStream.OpenAsync(server);
        var wanted = new Dictionary<ushort, int>();
        foreach (var length in (int[])[1, 500, 20_000, 300_000, 1_000_000])
            wanted[await stream.OpenAsync(MuxNetwork.Tcp, origin.Port, Origin.Request(length))] = length;

        var bodies = new Dictionary<ushort, MemoryStream>();
        var open = wanted.Count;
        await stream.ReadAsync((happened, data) =>
        {
            if (happened.Kind == MuxEventKind.Data)
            {
                if (!bodies.TryGetValue(happened.Session, out var body))
                    bodies[happened.Session] = body = new MemoryStream();
                body.Write(data);
            }

            return happened.Kind == MuxEventKind.Close && --open == 0;
        });

        foreach (var (session, length) in wanted)
            Assert.Equal(Origin.SumOfBody(length), Origin.Sum(Origin.BodyOf(bodies[session].ToArray())));
        Assert.Equal(0, stream.Mux.SessionCount);
    }

    [Fact]
    public async Task An_upload_in_frames_of_the_longest_kind_arrives()
    {
        await using var origin = new Origin();
        using var server = await V2RayPeer.ServerAsync();
        using var stream = await MuxStream.OpenAsync(server);
        var content = Origin.Body(1_000_000);
        var head = $"POST / HTTP/1.1\r\nHost: origin\r\nContent-Length: {content.Length}\r\n\r\n";
        var session = await stream.OpenAsync(MuxNetwork.Tcp, origin.Port, System.Text.Encoding.ASCII.GetBytes(head));
        foreach (var piece in content.Chunk(MuxWire.MaxData))
            await stream.WriteAsync(session, piece);

        var response = new MemoryStream();
        await stream.ReadAsync((happened, data) =>
        {
            response.Write(data);
            return happened.Kind == MuxEventKind.Close;
        });

        var sum = System.Text.Encoding.ASCII.GetString(Origin.BodyOf(response.ToArray()));
        Assert.Equal(Origin.Sum(content), sum);
    }

    [Fact]
    public async Task Datagrams_come_back()
    {
        await using var echo = new UdpEcho();
        using var server = await V2RayPeer.ServerAsync();
        using var stream = await MuxStream.OpenAsync(server);
        var session = await stream.OpenAsync(MuxNetwork.Udp, echo.Port, Origin.Body(1));
        foreach (var length in (int[])[100, 1_400, 2_000])
            await stream.WriteAsync(session, Origin.Body(length));

        List<byte[]> answers = [];
        await stream.ReadAsync((happened, data) =>
        {
            if (happened.Kind == MuxEventKind.Data)
                answers.Add(data.ToArray());
            return answers.Count == 4;
        });

        var expected = ((int[])[1, 100, 1_400, 2_000]).Select(length => (byte[])[0xE0, .. Origin.Body(length)]);
        Assert.Equal(expected, answers);
    }

    /// <summary>One VLESS connection of command 3 to v2ray.</summary>
    private sealed class MuxStream(TcpClient client, VlessClient vless) : IDisposable
    {
        public delegate bool Visitor(MuxEvent happened, ReadOnlySpan<byte> data);

        public MuxClient Mux { get; } = new();

        public static async Task<MuxStream> OpenAsync(V2RayPeer server)
        {
            var vless = new VlessClient(new VlessRequest(V2RayPeer.User, VlessFlow.None, VlessCommand.Mux, default));
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, server.Port);
            var request = new byte[VlessWire.MaxRequest];
            await client.GetStream().WriteAsync(request.AsMemory(0, vless.WriteRequest(request)));
            return new MuxStream(client, vless);
        }

        public async Task<ushort> OpenAsync(MuxNetwork network, int port, byte[] data)
        {
            Assert.True(Destination.TryFromHost("127.0.0.1", port, out var destination));
            Assert.True(Mux.TryOpen(network, destination, globalId: 0, out var session));
            await WriteAsync(session, data);
            return session;
        }

        public async Task WriteAsync(ushort session, byte[] data)
        {
            var frame = new byte[MuxWire.MaxHeader + data.Length];
            var header = Mux.WriteData(session, default, data.Length, frame);
            Assert.NotEqual(0, header);
            data.CopyTo(frame, header);
            await client.GetStream().WriteAsync(frame.AsMemory(0, header + data.Length));
        }

        /// <summary>Shows every frame to the visitor until that has seen enough.</summary>
        public async Task ReadAsync(Visitor visitor)
        {
            var pending = new byte[65_536];
            var answer = new byte[MuxClient.MaxOutput];
            for (var filled = 0; ;)
            {
                var got = await client.GetStream().ReadAsync(pending.AsMemory(filled))
                    .AsTask().WaitAsync(TimeSpan.FromSeconds(20));
                Assert.NotEqual(0, got);
                filled += got;
                var at = 0;
                if (!vless.Answered && vless.Feed(pending.AsSpan(0, filled), out at) != ParseStatus.Done)
                    continue;
                while (true)
                {
                    var status = Mux.Feed(
                        pending.AsSpan(at, filled - at), answer, out var consumed, out _, out var happened, out var data);
                    at += consumed;
                    Assert.NotEqual(ParseStatus.Failed, status);
                    if (status == ParseStatus.NeedInput)
                        break;
                    if (visitor(happened, data))
                        return;
                }

                pending.AsSpan(at, filled - at).CopyTo(pending);
                filled -= at;
            }
        }

        public void Dispose() => client.Dispose();
    }
}
