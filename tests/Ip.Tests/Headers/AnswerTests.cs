using System.Buffers.Binary;
using Karez.Ip.Headers;

namespace Karez.Ip.Tests.Headers;

/// <summary>Resets, echoes, unreachable ports, the device's own header.</summary>
public class AnswerTests
{
    [Theory]
    [InlineData("10.1.2.3:4000", "93.184.216.34:443")]
    [InlineData("[fd00::1]:4000", "[2606:2800::1]:443")]
    public void A_SYN_is_reset_with_the_number_that_it_expects(string from, string to)
    {
        var reply = new byte[60];
        var asked = Packets.Tcp(from, to, TcpControl.Syn, [], sequence: 1000);
        reply = reply[..TcpHeader.WriteReset(asked, Packets.Parse(asked), reply)];
        Packets.AssertSound(reply);
        var tcp = Packets.ParseTcp(reply);
        Assert.Equal(new TcpHeader(443, 4000, TcpControl.Rst | TcpControl.Ack, 20), tcp);
        Assert.Equal(1001u, BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(reply.Length - 12)));
        Assert.Equal(Packets.End(from).Address, Packets.Parse(reply).Destination);
    }

    [Fact]
    public void A_segment_is_reset_at_the_number_that_it_acknowledges()
    {
        var reply = new byte[60];
        var asked = Packets.Tcp("10.1.2.3:4000", "93.184.216.34:443", TcpControl.Ack, [1, 2]);
        var length = TcpHeader.WriteReset(asked, Packets.Parse(asked), reply);
        Assert.Equal(TcpControl.Rst, Packets.ParseTcp(reply.AsSpan(0, length)).Flags);
        Assert.Equal(99u, BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(24)));
        Packets.AssertSound(reply.AsSpan(0, length));
    }

    [Fact]
    public void A_reset_is_never_answered()
    {
        var asked = Packets.Tcp("10.1.2.3:4000", "93.184.216.34:443", TcpControl.Rst, []);
        Assert.Equal(0, TcpHeader.WriteReset(asked, Packets.Parse(asked), new byte[60]));
    }

    [Fact]
    public void An_echo_comes_back()
    {
        byte[] message = [8, 0, 0, 0, 0x12, 0x34, 0, 1, 1, 2, 3, 4, 5];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum.Of(message));
        var packet = Packets.Wrap(IpProtocol.Icmp, Packets.End("198.18.0.1:1"), Packets.End("198.18.0.2:1"), message);
        var layout = Packets.Parse(packet);
        Assert.True(IcmpMessage.IsEchoRequest(packet, layout));
        Assert.Equal(packet.Length, IcmpMessage.TurnIntoReply(packet, layout));
        Packets.AssertSound(packet);
        Assert.Equal((Packets.Peer4, 0), (Packets.Parse(packet).Source, packet[20]));
    }

    [Fact]
    public void An_IPv6_echo_comes_back()
    {
        byte[] message = [128, 0, 0, 0, 0x12, 0x34, 0, 1, 1, 2, 3, 4, 5];
        var packet = Packets.Wrap(IpProtocol.IcmpV6, Packets.End("[fd00::1]:1"), Packets.End("[fd00::2]:1"), message);
        var layout = Packets.Parse(packet);
        Assert.True(IcmpMessage.IsEchoRequest(packet, layout));
        IcmpMessage.TurnIntoReply(packet, layout);
        Packets.AssertSound(packet);
        Assert.Equal((byte)129, packet[40]);
    }

    [Theory]
    [InlineData("10.1.2.3:4000", "93.184.216.34:443", 576)]
    [InlineData("[fd00::1]:4000", "[2606:2800::1]:443", 1280)]
    public void A_port_that_nobody_listens_on_is_said_to_be_so(string from, string to, int most)
    {
        foreach (var size in (int[])[0, 1, 100, 1400])
        {
            var asked = Packets.Udp(from, to, new byte[size]);
            var reply = new byte[IcmpMessage.MaxUnreachable];
            reply = reply[..IcmpMessage.WritePortUnreachable(asked, Packets.Parse(asked), reply)];
            Assert.InRange(reply.Length, 0, most);
            Packets.AssertSound(reply);
            var layout = Packets.Parse(reply);
            Assert.Equal(Packets.End(from).Address, layout.Destination);
            var quoted = layout.Payload(reply)[8..];
            Assert.True(asked.AsSpan().StartsWith(quoted));
            Assert.InRange(quoted.Length, Math.Min(asked.Length, 48), asked.Length);
        }
    }

    [Fact]
    public void The_devices_header_comes_back_as_it_went_in()
    {
        var header = new VirtioHeader(1, SegmentKind.TcpV6, 74, 1440, 40, 16);
        var octets = new byte[VirtioHeader.Size];
        header.Write(octets);
        Assert.Equal(header, VirtioHeader.Read(octets));
        Assert.True(header is { OwesChecksum: true, IsJoined: true });
        octets[1] |= 0x80;
        Assert.Equal(SegmentKind.TcpV6, VirtioHeader.Read(octets).Segments);
    }
}
