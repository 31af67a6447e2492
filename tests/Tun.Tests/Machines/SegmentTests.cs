using System.Buffers.Binary;
using System.Net;
using Karez.Beds;
using Karez.Ip.Headers;

namespace Karez.Tun.Tests.Machines;

/// <summary>How large the segments are that both ends of a connection through the device ask each other for.</summary>
public class SegmentTests
{
    public SegmentTests() => Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");

    [Theory]
    [InlineData("203.0.113.10:80", 1460)] // 1,500 less 20 of IPv4 and 20 of TCP
    [InlineData("[2001:db8:5::10]:80", 1440)] // less 40 of IPv6
    public async Task Both_ends_announce_what_an_ordinary_network_takes(string endPoint, int announced)
    {
        const int Timestamps = 12;
        await using var world = await World.StartAsync();
        using var capture = world.Dev.StartCapture();
        var to = IPEndPoint.Parse(endPoint);
        using var program = world.Tcp(to.AddressFamily);
        await program.ConnectAsync(to);
        var maxSegment = new byte[4];
        program.GetRawSocketOption(6, 2, maxSegment); // TCP_MAXSEG: what this end sends at most
        Assert.Equal(announced - Timestamps, BitConverter.ToInt32(maxSegment));
        await program.SendAsync("GET /bytes/300000 HTTP/1.0\r\n\r\n"u8.ToArray());
        var (buffer, received) = (new byte[65_536], 0);
        for (int count; (count = await program.ReceiveAsync(buffer)) > 0;)
            received += count;
        Assert.True(received > 300_000, $"{received}");
        capture.Stop();
        // Program to destination, rewritten to the listener, the listener's answer, and that rewritten for the program.
        var seen = capture.Packets.Select(p => MaxSegmentOf(p.Frame.Span)).OfType<int>().ToList();
        Assert.Equal([announced, announced, announced, announced], seen);
    }

    /// <summary>What a SYN on the device announces (RFC 9293 section 3.7.1); null where it is no such packet.</summary>
    private static int? MaxSegmentOf(ReadOnlySpan<byte> frame)
    {
        if (IpPacket.TryParse(frame, out var layout) != PacketFault.None || layout.Protocol != IpProtocol.Tcp
            || TcpHeader.TryParse(layout.Payload(frame), out var tcp) != PacketFault.None
            || !tcp.Flags.HasFlag(TcpControl.Syn))
            return null;
        var options = layout.Payload(frame)[TcpHeader.MinLength..tcp.HeaderLength];
        while (options is not ([] or [0, ..]))
        {
            if (options is [2, 4, ..])
                return BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            options = options[(options[0] == 1 ? 1 : options[1])..];
        }

        return 0;
    }
}
