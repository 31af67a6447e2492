using Karez.Lab.Probers;
using Karez.Lab.Router;
using Karez.Lab.Tests.Router;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tests.Probers;

/// <summary>What clients send first to a suspected server is kept.</summary>
public class FirstFlightsTests
{
    private const string Client = "198.18.0.1", Server = "198.19.200.20";

    [Fact]
    public void A_flight_is_kept_in_order_and_without_repetition_until_the_answer()
    {
        var flights = new FirstFlights(new HashSet<uint> { Wiring.NumberOf(Server) });
        See(flights, Heading.Outward, Segment(Client, 5000, Server, 443, 2, 999, []));
        See(flights, Heading.Inward, Segment(Server, 443, Client, 5000, 0x12, 7, []));
        See(flights, Heading.Outward, Segment(Client, 5000, Server, 443, 0x18, 1003, [4, 5])); // The second first.
        See(flights, Heading.Outward, Segment(Client, 5000, Server, 443, 0x18, 1000, [1, 2, 3]));
        See(flights, Heading.Outward, Segment(Client, 5000, Server, 443, 0x18, 1000, [1, 2, 3]));
        Assert.Empty(flights.To(Wiring.NumberOf(Server)));
        See(flights, Heading.Inward, Segment(Server, 443, Client, 5000, 0x18, 8, [9]));
        See(flights, Heading.Outward, Segment(Client, 5000, Server, 443, 0x18, 1005, [6]));
        Assert.Equal([1, 2, 3, 4, 5], Assert.Single(flights.To(Wiring.NumberOf(Server))));
    }

    [Fact]
    public void Others_are_not_kept_and_hostile_segments_do_no_harm()
    {
        var flights = new FirstFlights(new HashSet<uint> { Wiring.NumberOf(Server) });
        See(flights, Heading.Outward, Segment(Client, 5000, "198.19.10.10", 443, 2, 999, []));
        See(flights, Heading.Outward, Segment(Client, 5001, Server, 443, 2, 999, []));
        See(flights, Heading.Outward, Segment(Client, 5001, Server, 443, 0x18, 0xFFFF_0000, [1])); // Far outside.
        var wrong = Segment(Client, 5001, Server, 443, 0x18, 1000, [1]);
        wrong[32] = 0xF0; // A header longer than the segment.
        See(flights, Heading.Outward, wrong);
        See(flights, Heading.Inward, Segment(Server, 443, Client, 5001, 0x18, 8, [9]));
        Assert.Empty(flights.To(Wiring.NumberOf(Server)));
    }

    private static byte[] Segment(
        string source, int port, string destination, int destinationPort, byte flags, uint sequence, byte[] data)
    {
        byte[] packet = [.. Packets.Tcp(source, port, destination, destinationPort, flags), .. data];
        packet[3] = (byte)packet.Length;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), sequence);
        return packet;
    }

    private static void See(FirstFlights flights, Heading heading, byte[] packet) => flights.See(new Passing
    {
        Place = Place.National,
        Heading = heading,
        Subscriber = 0,
        Time = default,
        Packet = packet,
    });
}
