using Karez.Lab.Router;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tests.Router;

/// <summary>Address translation.</summary>
public class CarrierNatTests
{
    [Fact]
    public void Two_subscribers_share_an_address_and_never_a_port()
    {
        var nat = new CarrierNat();
        nat.Add(0, Wiring.NumberOf("100.64.0.2"), Wiring.NumberOf("198.18.0.1"), 1024, 4);
        nat.Add(1, Wiring.NumberOf("100.64.0.3"), Wiring.NumberOf("198.18.0.1"), 1028, 4);
        Assert.Equal(1024, Outward(nat, Packets.Udp("100.64.0.2", 9, "198.19.0.1", 53)));
        Assert.Equal(1028, Outward(nat, Packets.Udp("100.64.0.3", 9, "198.19.0.1", 53)));
        Assert.Equal(1025, Outward(nat, Packets.Udp("100.64.0.2", 10, "198.19.0.1", 53)));
        Assert.Equal(1024, Outward(nat, Packets.Udp("100.64.0.2", 9, "198.19.0.9", 99))); // Whatever the destination.
        Assert.Equal(1024, Outward(nat, Packets.Tcp("100.64.0.2", 9, "198.19.0.1", 53))); // TCP counts by itself.
        Assert.Equal((0, 9), Inward(nat, 1024));
        Assert.Equal((1, 9), Inward(nat, 1028));
        Assert.Null(Inward(nat, 1029));
        Assert.Null(Inward(nat, 2000));
    }

    [Fact]
    public void A_full_block_gives_the_oldest_port_away()
    {
        var nat = new CarrierNat();
        nat.Add(0, Wiring.NumberOf("100.64.0.2"), Wiring.NumberOf("198.18.0.1"), 1024, 4);
        for (var port = 1; port <= 5; port++)
            Outward(nat, Packets.Udp("100.64.0.2", port, "198.19.0.1", 53));
        Assert.Equal((0, 5), Inward(nat, 1024));
        Assert.Equal((0, 2), Inward(nat, 1025));
        Assert.Equal(1025, Outward(nat, Packets.Udp("100.64.0.2", 1, "198.19.0.1", 53)));
    }

    [Fact]
    public void Fragments_other_protocols_and_strangers_do_not_pass()
    {
        var nat = new CarrierNat();
        nat.Add(0, Wiring.NumberOf("100.64.0.2"), Wiring.NumberOf("198.18.0.1"), 1024, 4);
        var fragment = Packets.Udp("100.64.0.2", 1, "198.19.0.1", 53);
        fragment[6] = 0x20;
        Assert.False(nat.TryOutward(fragment));
        var other = Packets.Udp("100.64.0.2", 1, "198.19.0.1", 53);
        other[9] = 47;
        Assert.False(nat.TryOutward(other));
        Assert.False(nat.TryOutward(Packets.Udp("100.64.0.9", 1, "198.19.0.1", 53)));
        for (var length = 0; length < 40; length++)
            nat.TryOutward(Packets.Tcp("100.64.0.2", 1, "198.19.0.1", 53).AsSpan(0, length));
    }

    private static int Outward(CarrierNat nat, byte[] packet)
    {
        Assert.True(nat.TryOutward(packet));
        Assert.True(Packets.AreSumsRight(packet));
        Assert.True(Ipv4Packet.TryRead(packet, out var read));
        return read.SourcePort;
    }

    private static (int, int)? Inward(CarrierNat nat, int port)
    {
        var packet = Packets.Udp("198.19.0.1", 53, "198.18.0.1", port);
        if (!nat.TryInward(packet, out var subscriber))
            return null;
        Assert.True(Packets.AreSumsRight(packet));
        Assert.True(Ipv4Packet.TryRead(packet, out var read));
        return (subscriber, read.DestinationPort);
    }
}
