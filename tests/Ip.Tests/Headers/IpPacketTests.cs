using CsCheck;
using Karez.Ip.Headers;

namespace Karez.Ip.Tests.Headers;

public class IpPacketTests
{
    [Fact]
    public void An_IPv4_packet_is_read()
    {
        var packet = Packets.Tcp("10.1.2.3:40000", "93.184.216.34:443", TcpControl.Syn, [1, 2, 3]);
        var layout = Packets.Parse(packet);
        Assert.Equal(
            (Packets.At("10.1.2.3"), Packets.At("93.184.216.34"), IpProtocol.Tcp, 20, 43, false),
            (layout.Source, layout.Destination, layout.Protocol, layout.HeaderLength, layout.TotalLength,
                layout.IsIPv6));
        Assert.Equal(new TcpHeader(40000, 443, TcpControl.Syn, 20), Packets.ParseTcp(packet));
    }

    [Fact]
    public void Octets_behind_the_packet_are_not_its_own()
    {
        var packet = Packets.Udp("10.1.2.3:1", "10.1.2.4:2", [1]);
        Assert.Equal(29, Packets.Parse([.. packet, 9, 9, 9]).TotalLength);
    }

    [Fact]
    public void IPv6_extension_headers_are_skipped()
    {
        var udp = Packets.Udp("[fd00::1]:5", "[fd00::2]:6", [1, 2])[40..];
        byte[] chain = [60, 0, 1, 4, 0, 0, 0, 0, 17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var packet = Packets.Wrap(
            IpProtocol.HopByHop, Packets.End("[fd00::1]:5"), Packets.End("[fd00::2]:6"), [.. chain, .. udp]);
        var layout = Packets.Parse(packet);
        Assert.Equal((IpProtocol.Udp, 64, 10), (layout.Protocol, layout.HeaderLength, layout.PayloadLength));
    }

    [Theory]
    [InlineData("", PacketFault.TooShort)]
    [InlineData("00", PacketFault.UnknownVersion)]
    [InlineData("75", PacketFault.UnknownVersion)]
    [InlineData("4500001400000000400600000A0000010A0000", PacketFault.TooShort)]
    [InlineData("4400001400000000400600000A0000010A000002", PacketFault.BadHeaderLength)]
    [InlineData("4600001400000000400600000A0000010A000002", PacketFault.BadHeaderLength)]
    [InlineData("4500001500000000400600000A0000010A000002", PacketFault.TooShort)]
    public void What_is_no_packet_is_refused(string hex, PacketFault fault) =>
        Assert.Equal(fault, IpPacket.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void A_chain_of_extension_headers_ends_somewhere()
    {
        var one = new byte[] { 60, 0, 1, 4, 0, 0, 0, 0 };
        byte[] nine = [.. Enumerable.Repeat(one, 10).SelectMany(o => o)];
        var packet = Packets.Wrap(
            IpProtocol.DestinationOptions, Packets.End("[fd00::1]:5"), Packets.End("[fd00::2]:6"), nine);
        Assert.Equal(PacketFault.BadExtension, IpPacket.TryParse(packet, out _));
    }

    [Fact]
    public void Hop_by_hop_options_are_only_first()
    {
        byte[] chain = [0, 0, 1, 4, 0, 0, 0, 0, 59, 0, 1, 4, 0, 0, 0, 0];
        var packet = Packets.Wrap(
            IpProtocol.DestinationOptions, Packets.End("[fd00::1]:5"), Packets.End("[fd00::2]:6"), chain);
        Assert.Equal(PacketFault.BadExtension, IpPacket.TryParse(packet, out _));
    }

    [Fact]
    public void A_fragment_is_told_in_both_families()
    {
        var packet = Packets.Udp("10.1.2.3:1", "10.1.2.4:2", new byte[16]);
        (packet[4], packet[5], packet[6], packet[7]) = (0xAB, 0xCD, 0x20, 0x02);
        var layout = Packets.Parse(packet);
        Assert.Equal((true, true, 16, 0xABCDu),
            (layout.IsFragment, layout.HasMoreFragments, layout.FragmentOffset, layout.FragmentId));
        byte[] part = [17, 0, 0, 0x11, 0, 0, 0xAB, 0xCD, 1, 2, 3];
        layout = Packets.Parse(
            Packets.Wrap(IpProtocol.Fragment, Packets.End("[fd00::1]:5"), Packets.End("[fd00::2]:6"), part));
        Assert.Equal((true, true, 16, 0xABCDu, IpProtocol.Udp),
            (layout.IsFragment, layout.HasMoreFragments, layout.FragmentOffset, layout.FragmentId, layout.Protocol));
    }

    [Fact]
    public void Every_cut_is_refused_or_whole() => Gen.Select(Gen.Bool, Gen.Int[0, 40]).Sample((six, size) =>
    {
        var packet = six
            ? Packets.Udp("[fd00::1]:5", "[fd00::2]:6", new byte[size])
            : Packets.Udp("10.1.2.3:1", "10.1.2.4:2", new byte[size]);
        for (var i = 0; i < packet.Length; i++)
            Assert.NotEqual(PacketFault.None, IpPacket.TryParse(packet.AsSpan(0, i), out _));
    });

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.0", 8, true)]
    [InlineData("11.0.0.1", "10.0.0.0", 8, false)]
    [InlineData("10.0.0.1", "0.0.0.0", 0, true)]
    [InlineData("fd00::1", "fd00::", 8, true)]
    [InlineData("fe00::1", "fd00::", 8, false)]
    [InlineData("::1", "::", 0, true)]
    [InlineData("0.0.0.1", "::", 0, false)]
    public void Prefixes_hold_what_they_hold(string address, string prefix, int bits, bool isIn) =>
        Assert.Equal(isIn, Packets.At(address).IsIn(Packets.At(prefix), bits));

    [Fact]
    public void Addresses_come_back_as_they_went_in() => Gen.Byte.Array[16].Sample(octets =>
    {
        Span<byte> copy = stackalloc byte[16];
        Assert.Equal(16, HostAddress.ReadIPv6(octets).Write(copy));
        Assert.True(copy.SequenceEqual(octets));
        Assert.Equal(4, HostAddress.ReadIPv4(octets).Write(copy));
        Assert.True(copy[..4].SequenceEqual(octets.AsSpan(0, 4)));
        var address = HostAddress.ReadIPv4(octets);
        Assert.Equal(address, HostAddress.From(address.ToIPAddress()));
    });
}
