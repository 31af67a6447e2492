using System.Buffers.Binary;
using Karez.Lab.Router;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tests.Router;

/// <summary>Forged packets fit the flow that they are for.</summary>
public class ForgeTests
{
    private const string Client = "198.18.0.1", Server = "198.19.10.10";

    [Fact]
    public void A_reset_fits_either_side()
    {
        var seen = Packets.Tcp(Client, 5000, Server, 443, 0x18);
        BinaryPrimitives.WriteUInt32BigEndian(seen.AsSpan(24), 1000);
        BinaryPrimitives.WriteUInt32BigEndian(seen.AsSpan(28), 7000);
        byte[] hello = [.. seen, .. new byte[200]];
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(2), (ushort)hello.Length);
        var style = new ResetStyle(Forge.ResetAcknowledge, 1, false, 58) { Payload = new byte[] { 1, 2, 3 } };

        var back = Forge.TcpReset(hello, toSender: true, style);
        AssertFlow(back, Server, 443, Client, 5000);
        Assert.Equal(7000u, BinaryPrimitives.ReadUInt32BigEndian(back.AsSpan(24)));
        Assert.Equal(1200u, BinaryPrimitives.ReadUInt32BigEndian(back.AsSpan(28)));
        Assert.Equal((0x14, 58, 1), (back[33], back[8], BinaryPrimitives.ReadUInt16BigEndian(back.AsSpan(4))));
        Assert.Equal([1, 2, 3], back[40..]);

        var on = Forge.TcpReset(hello, toSender: false, new ResetStyle());
        AssertFlow(on, Client, 5000, Server, 443);
        Assert.Equal(1200u, BinaryPrimitives.ReadUInt32BigEndian(on.AsSpan(24)));
        Assert.Equal(4, on[33]);
    }

    [Fact]
    public void A_reset_to_a_syn_acknowledges_it()
    {
        var syn = Packets.Tcp(Client, 5000, Server, 443, 2);
        BinaryPrimitives.WriteUInt32BigEndian(syn.AsSpan(24), 1000);
        var back = Forge.TcpReset(syn, toSender: true, new ResetStyle(Forge.ResetAcknowledge));
        Assert.Equal(1001u, BinaryPrimitives.ReadUInt32BigEndian(back.AsSpan(28)));
    }

    [Fact]
    public void A_dns_answer_repeats_the_question()
    {
        byte[] dns =
        [
            0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, // One question, and an additional record (EDNS).
            3, (byte)'w', (byte)'w', (byte)'w', 1, (byte)'a', 0, 0, 1, 0, 1,
            0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0,
        ];
        var question = Packets.Udp(Client, 5353, Server, 53, dns.Length);
        dns.CopyTo(question, 28);
        var answer = Forge.DnsAnswer(question, Wiring.NumberOf("203.0.113.9"), 60, new ResetStyle(TimeToLive: 77));
        AssertFlow(answer, Server, 53, Client, 5353);
        Assert.Equal([0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], answer[28..40]);
        Assert.Equal(dns[12..23], answer[40..51]);
        Assert.Equal([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 9], answer[51..]);
    }

    [Fact]
    public void What_is_no_question_or_no_tcp_gets_nothing_and_no_cut_packet_does_harm()
    {
        Assert.Empty(Forge.TcpReset(Packets.Udp(Client, 1, Server, 2), true, new ResetStyle()));
        Assert.Empty(Forge.DnsAnswer(Packets.Udp(Client, 1, Server, 53), 1, 1, new ResetStyle()));
        var random = new Random(1);
        var octets = Packets.Udp(Client, 1, Server, 53, 60);
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(octets.AsSpan(28));
            (octets[30], octets[32], octets[33]) = (1, 0, 1);
            Forge.DnsAnswer(octets.AsSpan(0, random.Next(octets.Length + 1)), 1, 1, new ResetStyle());
        }

        var tcp = Packets.Tcp(Client, 1, Server, 2);
        for (var length = 0; length <= tcp.Length; length++)
            Forge.TcpReset(tcp.AsSpan(0, length), true, new ResetStyle());
    }

    private static void AssertFlow(byte[] packet, string source, int port, string destination, int destinationPort)
    {
        Assert.True(Packets.AreSumsRight(packet));
        Assert.True(Ipv4Packet.TryRead(packet, out var read));
        Assert.Equal(
            (source, port, destination, destinationPort),
            (Packets.Text(read.Source), read.SourcePort, Packets.Text(read.Destination), read.DestinationPort));
    }
}
