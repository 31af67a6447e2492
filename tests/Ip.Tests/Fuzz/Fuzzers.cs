using Karez.Ip.Dns;
using Karez.Ip.Headers;
using Karez.Ip.Nat;
using Karez.Wire;

namespace Karez.Ip.Tests.Fuzz;

/// <summary>One entry per parser: whatever the octets, nothing throws and nothing outside them is touched.</summary>
internal static class Fuzzers
{
    public static readonly Dictionary<string, Entry> All = new()
    {
        ["packet"] = Packet,
        ["dns"] = Dns,
    };

    public delegate void Entry(ReadOnlySpan<byte> octets);

    /// <summary>A packet through everything that reads or answers one.</summary>
    public static void Packet(ReadOnlySpan<byte> octets)
    {
        var packet = octets.ToArray();
        if (IpPacket.TryParse(packet, out var layout) != PacketFault.None)
            return;
        var reply = new byte[IcmpMessage.MaxUnreachable];
        Check(IcmpMessage.WritePortUnreachable(packet, layout, reply));
        if (layout.IsFragment)
        {
            new Reassembly().TryComplete(packet, layout, default, out _);
            return;
        }

        var payload = layout.Payload(packet.AsSpan());
        if (layout.Protocol == IpProtocol.Tcp && TcpHeader.TryParse(payload, out var tcp) == PacketFault.None)
        {
            Check(TcpHeader.WriteReset(packet, layout, reply));
            var six = layout.IsIPv6;
            var nat = new TcpNat(
                new HostPort(six ? Packets.Own6 : Packets.Own4, 4443), six ? Packets.Peer6 : Packets.Peer4,
                new TcpNatOptions { MaxFlows = 2 });
            if (nat.Translate(packet, layout, tcp, false, default) == NatVerdict.Begins)
            {
                var key = new FlowKey(
                    new HostPort(layout.Source, tcp.SourcePort), new HostPort(layout.Destination, tcp.DestinationPort));
                Assert.True(nat.TryBegin(key, default));
                Assert.Equal(NatVerdict.Rewritten, nat.Translate(packet, layout, tcp, false, default));
            }
        }
        else if (layout.Protocol == IpProtocol.Udp)
        {
            _ = UdpHeader.TryParse(payload, isJoined: true, out _);
            if (UdpHeader.TryParse(payload, isJoined: false, out var udp) == PacketFault.None)
                Assert.InRange(udp.DataLength, 0, payload.Length - UdpHeader.Length);
        }
        else if (IcmpMessage.IsEchoRequest(packet, layout))
        {
            Assert.Equal(layout.TotalLength, IcmpMessage.TurnIntoReply(packet, layout));
        }

        void Check(int length) => Assert.InRange(length, 0, reply.Length);
    }

    /// <summary>A message as a query and as another server's answer.</summary>
    public static void Dns(ReadOnlySpan<byte> octets)
    {
        var answer = new byte[600];
        if (DnsQuery.TryRead(octets, out var query) is { } code)
        {
            if (code == DnsCode.NoError)
            {
                Assert.NotEqual(0, DnsAnswer.WriteNegative(query, DnsCode.NoSuchName, answer));
                Assert.NotEqual(0, DnsAnswer.WriteAddress(query, Packets.Peer6, 60, answer));
                Assert.NotEqual(0, DnsQuestionWriter.Write(query, new SeededEntropy(1), answer));
                _ = SpecialNames.KindOf(query.Name);
                _ = SpecialNames.TryReadReverse(query.Name, out _);
            }
            else
            {
                DnsAnswer.WriteRefusal(octets, code, answer);
            }
        }

        var copy = octets.ToArray();
        _ = DnsResponse.TryReadLifetime(copy, out _);
        _ = DnsResponse.ReadAddresses(copy, new HostAddress[4]);
        DnsResponse.Age(copy, TimeSpan.FromSeconds(10));
        if (octets.Length >= DnsQuery.HeaderLength)
        {
            copy[2] |= 0x80;
            var asked = Ask();
            _ = DnsResponse.Answers(copy, asked);
            var cache = new DnsCache(1);
            cache.Add("a.b", DnsType.A, copy, new Instant(0));
        }
    }

    private static byte[] Ask() => Karez.Ip.Tests.Dns.Messages.Ask("a.b", DnsType.A);
}
