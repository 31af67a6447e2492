using Karez.Observe.Captures;
using Karez.Observe.Datagrams;
using Karez.Observe.Flows;
using Karez.Observe.Packets;
using Karez.Observe.Streams;

namespace Karez.Observe.Tests.Fuzz;

/// <summary>One entry per parser: whatever the octets, nothing throws and nothing grows beyond its bound.</summary>
internal static class Fuzzers
{
    public delegate void Entry(ReadOnlySpan<byte> octets);

    public static readonly Dictionary<string, Entry> All = new()
    {
        ["capture"] = Capture,
        ["packet"] = Packets,
        ["dns"] = octets => DnsMessage.Read(octets),
        ["quic"] = octets => QuicInitial.Read(octets),
        ["hello"] = Hello,
        ["flow"] = Flow,
    };

    private static void Capture(ReadOnlySpan<byte> octets)
    {
        var reader = new CaptureReader();
        ReadOnlyMemory<byte> rest = octets.ToArray();
        while (reader.Read(rest, out var consumed, out var frame) == CaptureStatus.Frame)
        {
            Assert.True(frame.WireLength >= frame.Octets.Length);
            PacketReader.Read(frame);
            rest = rest[consumed..];
        }
    }

    private static void Packets(ReadOnlySpan<byte> octets)
    {
        foreach (var link in (int[])[0, 1, 101, 113, 276])
        {
            if (PacketReader.Read(new CaptureFrame(0, link, octets.Length, octets.ToArray())) is { } packet)
                Assert.True(packet.PayloadLength >= packet.Payload.Length);
        }
    }

    private static void Hello(ReadOnlySpan<byte> octets)
    {
        if (HelloFields.TryParse(octets, out var hello) || HelloFields.TryParseStream(octets, out hello))
            Assert.NotEmpty(Ja4.Of(hello!));
        Assert.Equal(ServerHelloFields.TryParse(octets, out var answer), answer is not null);
        var scanner = new HandshakeScanner();
        scanner.Feed(octets);
        Assert.True(scanner.Messages.Count <= 32);
    }

    /// <summary>The octets as both directions' segments, their places and times out of the octets themselves.</summary>
    private static void Flow(ReadOnlySpan<byte> octets)
    {
        var table = new FlowTable(4);
        for (var i = 0; i + 4 <= octets.Length; i += 4)
        {
            var packet = new Packet
            {
                Nanoseconds = octets[i],
                Source = new NetAddress(octets[i] & 3u, false),
                Destination = new NetAddress(9, false),
                Protocol = Packet.Tcp,
                TimeToLive = 64,
                IpLength = 60,
                SourcePort = 1,
                DestinationPort = 2,
                Segment = new TcpFields { Sequence = (uint)(sbyte)octets[i + 1] * 3, Flags = (TcpControl)octets[i + 2] },
                PayloadLength = octets[i + 3],
                Payload = octets.ToArray().AsMemory(0, Math.Min(octets.Length, octets[i + 3] / 2)),
            };
            table.Feed((octets[i] & 4) == 0 ? packet : packet with { Source = packet.Destination, Destination = packet.Source });
            Assert.True(table.Count <= 4);
        }

        table.Finish();
        while (table.TryTakeEnded(out var flow))
            Assert.True(flow.Packets.Count <= 64 && flow.Bursts.Count <= 256);
    }
}
