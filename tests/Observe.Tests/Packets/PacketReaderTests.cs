using Karez.Observe.Captures;
using Karez.Observe.Packets;
using Karez.Tests;

namespace Karez.Observe.Tests.Packets;

public class PacketReaderTests
{
    private static readonly byte[] s_options = [2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 3, 3, 7];

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("2001:db8::1", "2001:db8::2")]
    public void Reads_what_a_tcp_packet_says(string source, string destination)
    {
        var ip = PacketMaker.Tcp(source, 4000, destination, 443, 7, 9, PacketMaker.Syn, "hi"u8, s_options, 61);
        var packet = Read(LinkType.Ethernet, PacketMaker.Ethernet(ip))!;
        Assert.Equal(NetAddress.Parse(source), packet.Source);
        Assert.Equal(destination, packet.Destination.ToString());
        Assert.Equal((4000, 443, 61), (packet.SourcePort, packet.DestinationPort, packet.TimeToLive));
        Assert.Equal("hi"u8, packet.Payload.Span);
        var segment = packet.Segment!.Value;
        Assert.Equal((7u, 9u, TcpControl.Syn, 40), (segment.Sequence, segment.Acknowledgment, segment.Flags, segment.HeaderLength));
        Assert.Equal((1460, 7, (uint?)7), (segment.MaxSegment, segment.WindowScale, segment.Timestamp));
        Assert.Equal([2, 4, 8, 1, 3], segment.OptionKinds.ToArray());
    }

    [Fact]
    public void Passes_over_tags_and_extension_headers()
    {
        var udp = PacketMaker.Udp("2001:db8::1", 5, "2001:db8::2", 53, "x"u8);
        byte[] withOptions = [.. udp[..6], 0, .. udp[7..40], 17, 0, 1, 4, 0, 0, 0, 0, .. udp[40..]];
        withOptions[5] += 8;
        var frame = PacketMaker.Ethernet(withOptions);
        byte[] tagged = [.. frame[..12], 0x88, 0xA8, 0, 1, 0x81, 0, 0, 2, .. frame[12..]];
        var packet = Read(LinkType.Ethernet, tagged)!;
        Assert.True(packet.IsUdp);
        Assert.Equal((5, 53, 1), (packet.SourcePort, packet.DestinationPort, packet.PayloadLength));
    }

    [Fact]
    public void Every_link_type_leads_to_the_packet()
    {
        var ip = PacketMaker.Udp("10.0.0.1", 5, "10.0.0.2", 6, default);
        (int, byte[])[] frames =
        [
            (LinkType.RawIp, ip), (LinkType.RawIp4, ip), (LinkType.Null, [2, 0, 0, 0, .. ip]),
            (LinkType.LinuxCooked, [.. new byte[14], 8, 0, .. ip]),
            (LinkType.LinuxCooked2, [8, 0, .. new byte[18], .. ip]),
        ];
        Assert.All(frames, frame => Assert.Equal(6, Read(frame.Item1, frame.Item2)!.DestinationPort));
        Assert.Null(Read(147, ip));
    }

    [Fact]
    public void Link_padding_is_no_payload_and_a_cut_packet_keeps_its_length()
    {
        var ip = PacketMaker.Tcp("10.0.0.1", 1, "10.0.0.2", 2, 0, 0, PacketMaker.Ack);
        Assert.Equal(0, Read(LinkType.RawIp, [.. ip, 0, 0, 0, 0, 0, 0])!.PayloadLength);
        var whole = PacketMaker.Tcp("10.0.0.1", 1, "10.0.0.2", 2, 0, 0, PacketMaker.Ack, new byte[100]);
        var cut = PacketReader.Read(new CaptureFrame(0, LinkType.RawIp, whole.Length, whole.AsMemory(0, 60)))!;
        Assert.Equal((100, 20), (cut.PayloadLength, cut.Payload.Length));
    }

    [Fact]
    public void A_later_fragment_has_no_ports()
    {
        var ip = PacketMaker.Udp("10.0.0.1", 5, "10.0.0.2", 6, "abc"u8);
        (ip[6], ip[7]) = (0, 10);
        var packet = Read(LinkType.RawIp, ip)!;
        Assert.True(packet.IsFragment);
        Assert.Equal(0, packet.SourcePort);
        Assert.False(packet.IsUdp);
    }

    [Fact]
    public void A_packet_cut_anywhere_in_its_headers_is_none()
    {
        foreach (var (source, headers) in (ReadOnlySpan<(string, int)>)[("10.0.0.1", 40), ("::1", 60)])
        {
            var ip = PacketMaker.Tcp(source, 1, source, 2, 0, 0, PacketMaker.Ack, "abc"u8);
            for (var length = 0; length < headers; length++)
                Assert.Null(Read(LinkType.RawIp, ip[..length]));
        }
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.0.0", 16, true)]
    [InlineData("10.2.2.3", "10.1.0.0", 16, false)]
    [InlineData("10.2.2.3", "0.0.0.0", 0, true)]
    [InlineData("2001:db8::1", "2001:db8::", 32, true)]
    [InlineData("10.2.2.3", "::", 0, false)]
    public void Addresses_know_their_prefixes(string address, string prefix, int bits, bool expected) =>
        Assert.Equal(expected, NetAddress.Parse(address).IsIn(NetAddress.Parse(prefix), bits));

    private static Packet? Read(int link, byte[] frame) =>
        PacketReader.Read(new CaptureFrame(1, link, frame.Length, frame));
}
