using System.Buffers.Binary;
using CsCheck;
using Karez.Ip.Headers;

namespace Karez.Ip.Tests.Headers;

public class RewritingTests
{
    [Fact]
    public void A_rewritten_packet_is_the_packet_made_anew() =>
        Gen.Select(Gen.Byte.Array[0, 1500], Gen.Int[1, 65535], Gen.Int[1, 65535]).Sample((data, a, b) =>
        {
            var packet = Packets.Tcp($"10.1.2.3:{a}", $"93.184.216.34:{b}", TcpControl.Ack, data);
            Rewriting.Apply(
                packet, Packets.Parse(packet), Packets.End("198.18.0.2:7000"), Packets.End("198.18.0.1:8000"), false);
            Assert.Equal(Packets.Tcp("198.18.0.2:7000", "198.18.0.1:8000", TcpControl.Ack, data), packet);

            packet = Packets.Tcp($"[2001:db8::7]:{a}", $"[2606:2800::1]:{b}", TcpControl.Ack, data);
            Rewriting.Apply(
                packet, Packets.Parse(packet), Packets.End("[fd00::2]:7000"), Packets.End("[fd00::1]:8000"), false);
            Assert.Equal(Packets.Tcp("[fd00::2]:7000", "[fd00::1]:8000", TcpControl.Ack, data), packet);
        });

    [Fact]
    public void An_owed_checksum_stays_owed_and_right()
    {
        var packet = Packets.Tcp("10.1.2.3:4000", "93.184.216.34:443", TcpControl.Ack, new byte[60_000], owed: true);
        Rewriting.Apply(
            packet, Packets.Parse(packet), Packets.End("198.18.0.2:7000"), Packets.End("198.18.0.1:8000"), true);
        Assert.Equal(
            Packets.Tcp("198.18.0.2:7000", "198.18.0.1:8000", TcpControl.Ack, new byte[60_000], owed: true), packet);
    }

    [Fact]
    public void A_datagram_without_checksum_gets_none_and_another_never_becomes_one()
    {
        var packet = Packets.Udp("10.1.2.3:4000", "10.1.2.4:5000", [1, 2, 3]);
        packet.AsSpan(26, 2).Clear();
        Rewriting.Apply(
            packet, Packets.Parse(packet), Packets.End("198.18.0.2:7000"), Packets.End("198.18.0.1:8000"), false);
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(26)));
        Gen.UShort.Sample(value =>
        {
            var datagram = Packets.Udp("10.1.2.3:4000", "10.1.2.4:5000", [(byte)(value >> 8), (byte)value]);
            Rewriting.Apply(
                datagram, Packets.Parse(datagram), Packets.End("198.18.0.2:7000"), Packets.End("198.18.0.1:8000"),
                false);
            Assert.NotEqual(0, BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(26)));
            Packets.AssertSound(datagram);
        });
    }

    [Fact]
    public void Rewriting_allocates_nothing()
    {
        var packet = Packets.Tcp("10.1.2.3:4000", "93.184.216.34:443", TcpControl.Ack, new byte[1400]);
        var (from, to) = (Packets.End("198.18.0.2:7000"), Packets.End("198.18.0.1:8000"));
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                _ = IpPacket.TryParse(packet, out var layout);
                Rewriting.Apply(packet, layout, from, to, false);
            }

            if (round == 1)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
