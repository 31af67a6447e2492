using Karez.Proxy.HttpProxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Socks5;
using Karez.Proxy.Vision;
using Karez.Proxy.Vless;

namespace Karez.Proxy.Tests.Fuzz;

/// <summary>
/// One entry per parser: whatever the octets, nothing throws and nothing is read twice or past the end. The first
/// octet says
/// in how large pieces the rest is shown.
/// </summary>
internal static class Fuzzers
{
    private static readonly Guid User = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57");

    public static readonly Dictionary<string, Entry> All = new()
    {
        ["vless"] = Vless,
        ["vless-packets"] = VlessPacketStream,
        ["vision"] = Vision,
        ["vision-sender"] = VisionSend,
        ["mux"] = Mux,
        ["xudp"] = Xudp,
        ["socks5"] = Socks5,
        ["socks5-datagram"] = Socks5Packet,
        ["http"] = Http,
        ["http-response"] = HttpResponse,
    };

    public delegate void Entry(ReadOnlySpan<byte> octets);

    private delegate bool Step(ReadOnlySpan<byte> shown, out int consumed);

    public static void Vless(ReadOnlySpan<byte> octets)
    {
        var (server, client) = (new VlessServer(), new VlessClient(default));
        Streamed(octets, (shown, out consumed) => server.Feed(shown, out consumed) == ParseStatus.NeedInput);
        Streamed(octets, (shown, out consumed) => client.Feed(shown, out consumed) == ParseStatus.NeedInput);
    }

    public static void VlessPacketStream(ReadOnlySpan<byte> octets)
    {
        var packets = new VlessPackets();
        Streamed(octets, (shown, out consumed) =>
        {
            var status = packets.Feed(shown, out consumed, out var payload);
            Assert.Equal(status == ParseStatus.Done, !payload.IsEmpty);
            return true;
        });
    }

    public static void Vision(ReadOnlySpan<byte> octets)
    {
        var receiver = new VisionReceiver(new(), User, VisionSide.Client);
        Streamed(octets, (shown, out consumed) =>
        {
            var status = receiver.Feed(shown, out consumed, out var offset, out var length);
            Assert.Equal(status == VisionStatus.Content, length > 0);
            Assert.True(offset >= 0 && offset + length <= consumed);
            return status is VisionStatus.Content or VisionStatus.NeedInput;
        });
    }

    public static void VisionSend(ReadOnlySpan<byte> octets)
    {
        var traffic = new VisionTraffic();
        var sender = new VisionSender(traffic, User, VisionSide.Server, Shape.Default, new SeededEntropy(1));
        Streamed(octets, (shown, out consumed) =>
        {
            var cut = sender.Next(shown);
            Assert.InRange(cut.ContentLength, 1, shown.Length);
            Assert.True(!cut.Framed || cut.TotalLength <= 8192);
            consumed = cut.ContentLength;
            traffic.Observe(shown[..1], VisionSide.Client);
            return true;
        });
    }

    public static void Mux(ReadOnlySpan<byte> octets)
    {
        var (server, client) = (new MuxServer(VlessMuxRule.Any, 8), new MuxClient(8));
        client.TryOpen(MuxNetwork.Udp, Host.At("a:1"), 0, out _);
        var output = new byte[MuxServer.MaxOutput];
        Streamed(octets, (shown, out consumed) =>
        {
            var status = server.Feed(shown, output, out consumed, out var produced, out _, out _);
            Assert.InRange(produced, 0, output.Length);
            Assert.InRange(server.SessionCount, 0, 8);
            return status != ParseStatus.Failed;
        });
        Streamed(octets, (shown, out consumed) =>
            client.Feed(shown, output, out consumed, out _, out _, out _) != ParseStatus.Failed);
    }

    public static void Xudp(ReadOnlySpan<byte> octets)
    {
        var client = new OneXudp(1);
        client.WriteHeader(Host.At("1.2.3.4:5"), 1, new byte[MuxWire.MaxHeader]);
        Streamed(octets, (shown, out consumed) =>
        {
            var status = client.Feed(shown, out consumed, out var source, out var payload);
            Assert.True(status != ParseStatus.Done || (!source.IsNone && !payload.IsEmpty));
            return status != ParseStatus.Failed;
        });
    }

    public static void Socks5(ReadOnlySpan<byte> octets)
    {
        var server = new Socks5Server(octets.Length % 2 == 0 ? null : new ProxyCredentials("a", "b"));
        var output = new byte[Socks5Server.MaxOutput];
        Growing(octets, (shown, out consumed) =>
        {
            var status = server.Advance(shown, output, out consumed, out var produced);
            Assert.InRange(produced, 0, output.Length);
            return status == Socks5Status.NeedInput;
        });
    }

    public static void Socks5Packet(ReadOnlySpan<byte> octets)
    {
        var read = Socks5Datagram.TryRead(octets, out var destination, out var offset);
        Assert.Equal(read, !destination.IsNone);
        Assert.InRange(offset, 0, octets.Length);
        if (read)
            Assert.Equal(offset, Socks5Datagram.HeaderLength(destination));
    }

    public static void Http(ReadOnlySpan<byte> octets)
    {
        var server = new HttpProxyServer(octets.Length % 2 == 0 ? null : new ProxyCredentials("a", "b"));
        var output = new byte[HttpProxyServer.MaxOutput];
        var inBody = false;
        Growing(octets, (shown, out consumed) =>
        {
            if (inBody)
                return server.RequestBody.Feed(shown, out consumed) && !server.RequestBody.IsOver;
            var status = server.Advance(shown, output, out consumed, out var produced);
            Assert.Equal(status == HttpProxyStatus.Failed, produced > 0);
            inBody = status == HttpProxyStatus.NeedDecision && !server.IsTunnel;
            Assert.Equal(inBody, !server.UpstreamHead.IsEmpty);
            return status == HttpProxyStatus.NeedInput || inBody;
        });
    }

    public static void HttpResponse(ReadOnlySpan<byte> octets)
    {
        var rewriter = new HttpResponseRewriter();
        var output = new byte[octets.Length + HttpResponseRewriter.Growth];
        Growing(octets, (shown, out consumed) =>
        {
            var status = rewriter.Advance(shown, output, out consumed, out var produced);
            Assert.InRange(produced, 0, consumed + HttpResponseRewriter.Growth);
            return status == ParseStatus.NeedInput;
        });
    }

    /// <summary>Shows piece after piece; all of a piece is taken before the next, unless the step says stop.</summary>
    private static void Streamed(ReadOnlySpan<byte> octets, Step step)
    {
        if (octets.IsEmpty)
            return;
        var piece = 1 + octets[0];
        octets = octets[1..];
        while (!octets.IsEmpty)
        {
            var shown = octets[..Math.Min(piece, octets.Length)];
            octets = octets[shown.Length..];
            while (!shown.IsEmpty)
            {
                var goesOn = step(shown, out var consumed);
                Assert.InRange(consumed, 0, shown.Length);
                if (!goesOn)
                    return;
                Assert.NotEqual(0, consumed);
                shown = shown[consumed..];
            }
        }
    }

    /// <summary>Shows what was not taken again together with more.</summary>
    private static void Growing(ReadOnlySpan<byte> octets, Step step)
    {
        if (octets.IsEmpty)
            return;
        var piece = 1 + octets[0];
        octets = octets[1..];
        for (var shown = Math.Min(piece, octets.Length); ; shown = Math.Min(shown + piece, octets.Length))
        {
            if (!step(octets[..shown], out var consumed))
                return;
            Assert.InRange(consumed, 0, shown);
            octets = octets[consumed..];
            shown -= consumed;
            if (shown == octets.Length)
                return;
        }
    }
}
