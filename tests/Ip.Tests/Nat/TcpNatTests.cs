using CsCheck;
using Karez.Ip.Headers;
using Karez.Ip.Nat;
using Karez.Wire;

namespace Karez.Ip.Tests.Nat;

public class TcpNatTests
{
    private const string Listener = "198.18.0.1:4443";
    private static readonly TcpNatOptions s_small = new() { MaxFlows = 3 };

    [Fact]
    public void A_connection_goes_to_the_listener_and_its_answers_come_back_as_the_targets()
    {
        var nat = Make(TcpNatOptions.Default);
        var caller = Open(nat, "10.0.0.1:40000", "93.184.216.34:443", default);
        Assert.Equal(Packets.Peer4, caller.Address);
        Assert.True(nat.TryFind(caller, out var key));
        Assert.Equal(new FlowKey(Packets.End("10.0.0.1:40000"), Packets.End("93.184.216.34:443")), key);

        var answer = Packets.Tcp(Listener, caller.ToString(), TcpControl.Syn | TcpControl.Ack, [5, 6]);
        Assert.Equal(NatVerdict.Rewritten, Translate(nat, answer, default));
        Assert.Equal(
            Packets.Tcp("93.184.216.34:443", "10.0.0.1:40000", TcpControl.Syn | TcpControl.Ack, [5, 6]), answer);
    }

    [Fact]
    public void The_same_with_IPv6()
    {
        var nat = new TcpNat(Packets.End("[fd6b:6172:657a::1]:4443"), Packets.Peer6, TcpNatOptions.Default);
        var syn = Packets.Tcp("[fd00::9]:40000", "[2606:2800::1]:443", TcpControl.Syn, []);
        Assert.Equal(NatVerdict.Begins, Translate(nat, syn, default));
        Assert.True(nat.TryBegin(KeyOf(syn), default));
        Assert.Equal(NatVerdict.Rewritten, Translate(nat, syn, default));
        Packets.AssertSound(syn);
        var layout = Packets.Parse(syn);
        Assert.Equal((Packets.Peer6, Packets.Own6), (layout.Source, layout.Destination));
        Assert.Equal(4443, Packets.ParseTcp(syn).DestinationPort);
    }

    [Fact]
    public void Only_a_SYN_begins_a_flow()
    {
        var nat = Make(TcpNatOptions.Default);
        foreach (var flags in (TcpControl[])[TcpControl.Ack, TcpControl.Fin | TcpControl.Ack, TcpControl.Syn | TcpControl.Ack])
            Assert.Equal(
                NatVerdict.Unknown, Translate(nat, Packets.Tcp("10.0.0.1:1", "1.2.3.4:2", flags, []), default));
    }

    [Fact]
    public void The_listener_talks_to_nobody_but_the_peer()
    {
        var nat = Make(TcpNatOptions.Default);
        Assert.Equal(
            NatVerdict.Dropped,
            Translate(nat, Packets.Tcp(Listener, "1.2.3.4:5", TcpControl.Syn | TcpControl.Ack, []), default));
        Assert.Equal(
            NatVerdict.Unknown,
            Translate(nat, Packets.Tcp(Listener, "198.18.0.2:9", TcpControl.Ack, []), default));
    }

    [Fact]
    public void A_caller_that_no_flow_has_is_not_found()
    {
        var nat = Make(TcpNatOptions.Default);
        var caller = Open(nat, "10.0.0.1:40000", "93.184.216.34:443", default);
        Assert.False(nat.TryFind(caller with { Port = (ushort)(caller.Port + 1) }, out _));
        Assert.False(nat.TryFind(caller with { Address = Packets.Own4 }, out _));
        Assert.False(nat.TryFind(caller with { Port = 1 }, out _));
    }

    [Fact]
    public void A_full_table_takes_no_more_and_the_young_are_safe()
    {
        var nat = Make(s_small);
        for (var i = 0; i < 3; i++)
            Open(nat, $"10.0.0.1:{1000 + i}", "1.2.3.4:5", default);
        var syn = Packets.Tcp("10.0.0.1:2000", "1.2.3.4:5", TcpControl.Syn, []);
        Assert.False(nat.TryBegin(KeyOf(syn), new Instant(4999)));
        Assert.True(nat.TryBegin(KeyOf(syn), new Instant(5000)));
        Assert.Equal((3, 1L), (nat.Count, nat.GaveWay));
    }

    [Fact]
    public void Closing_flows_give_way_first_and_open_ones_never()
    {
        var nat = Make(s_small);
        var callers = Enumerable.Range(0, 3)
            .Select(i => Open(nat, $"10.0.0.1:{1000 + i}", "1.2.3.4:5", default)).ToList();
        for (var i = 0; i < 3; i++)
            Translate(nat, Packets.Tcp($"10.0.0.1:{1000 + i}", "1.2.3.4:5", TcpControl.Ack, []), default);
        var syn = Packets.Tcp("10.0.0.1:2000", "1.2.3.4:5", TcpControl.Syn, []);
        Assert.False(nat.TryBegin(KeyOf(syn), new Instant(3_600_000)));
        Translate(nat, Packets.Tcp("10.0.0.1:1001", "1.2.3.4:5", TcpControl.Rst, []), new Instant(3_600_000));
        Assert.True(nat.TryBegin(KeyOf(syn), new Instant(3_600_000)));
        Assert.True(nat.TryFind(callers[0], out _));
        Assert.True(nat.TryFind(callers[1], out var taken) && taken.Source == Packets.End("10.0.0.1:2000"));
    }

    [Fact]
    public void Flows_end_when_their_time_is_over()
    {
        var options = TcpNatOptions.Default;
        var nat = Make(options);
        Open(nat, "10.0.0.1:1", "1.2.3.4:5", default); // opening
        Open(nat, "10.0.0.1:2", "1.2.3.4:5", default);
        Translate(nat, Packets.Tcp("10.0.0.1:2", "1.2.3.4:5", TcpControl.Ack, []), default); // open
        var closing = Open(nat, "10.0.0.1:3", "1.2.3.4:5", default);
        Translate(nat, Packets.Tcp("10.0.0.1:3", "1.2.3.4:5", TcpControl.Fin | TcpControl.Ack, []), default);
        Translate(nat, Packets.Tcp(Listener, closing.ToString(), TcpControl.Fin | TcpControl.Ack, []), new Instant(1000));
        nat.Expire(new Instant(59_999));
        Assert.Equal(3, nat.Count);
        nat.Expire(new Instant(60_000));
        Assert.Equal(2, nat.Count);
        nat.Expire(new Instant(61_000));
        Assert.Equal(1, nat.Count);
        nat.Expire(new Instant((long)options.Open.TotalMilliseconds));
        Assert.Equal(0, nat.Count);
    }

    [Fact]
    public void A_new_connection_with_the_old_ones_addresses_gets_another_port()
    {
        var nat = Make(TcpNatOptions.Default);
        var first = Open(nat, "10.0.0.1:1", "1.2.3.4:5", default);
        Translate(nat, Packets.Tcp("10.0.0.1:1", "1.2.3.4:5", TcpControl.Rst, []), default);
        Assert.NotEqual(first, Open(nat, "10.0.0.1:1", "1.2.3.4:5", default));
    }

    [Fact]
    public void A_port_is_used_again_as_late_as_can_be()
    {
        var nat = Make(new TcpNatOptions { MaxFlows = 50 });
        var seen = new List<HostPort>();
        for (var i = 0; i < 100; i++)
        {
            seen.Add(Open(nat, $"10.0.0.1:{1000 + i}", "1.2.3.4:5", new Instant(i * 100_000L)));
            nat.Expire(new Instant((i * 100_000L) + 99_999));
        }

        Assert.Equal(50, seen.Take(50).Distinct().Count());
        Assert.Equal(seen.Take(50), seen.Skip(50));
    }

    [Fact]
    public void Whatever_comes_no_two_flows_share_a_port_and_the_table_stays_bounded() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 30_000]).Array[1, 200].Sample(steps =>
        {
            var nat = Make(s_small);
            var now = 0L;
            foreach (var (what, port, time) in steps)
            {
                now += time;
                TcpControl flags = what switch
                {
                    0 or 1 => TcpControl.Syn,
                    2 => TcpControl.Ack,
                    3 => TcpControl.Fin | TcpControl.Ack,
                    _ => TcpControl.Rst,
                };
                var packet = what == 5
                    ? Packets.Tcp(Listener, $"198.18.0.2:{5000 + port}", TcpControl.Fin | TcpControl.Ack, [])
                    : Packets.Tcp($"10.0.0.1:{1000 + port}", "1.2.3.4:5", flags, []);
                if (Translate(nat, packet, new Instant(now)) == NatVerdict.Begins
                    && nat.TryBegin(KeyOf(packet), new Instant(now)))
                    Assert.Equal(NatVerdict.Rewritten, Translate(nat, packet, new Instant(now)));
                Packets.AssertSound(packet);
                var keys = new HashSet<FlowKey>();
                var found = Enumerable.Range(5000, 3).Count(n =>
                    nat.TryFind(new HostPort(Packets.Peer4, (ushort)n), out var key) && keys.Add(key));
                Assert.Equal((nat.Count, nat.Count), (found, keys.Count));
            }
        }, iter: 300);

    [Fact]
    public void A_packet_of_a_known_flow_allocates_nothing()
    {
        var nat = Make(TcpNatOptions.Default);
        Open(nat, "10.0.0.1:1", "1.2.3.4:5", default);
        var packet = Packets.Tcp("10.0.0.1:1", "1.2.3.4:5", TcpControl.Ack, new byte[1000]);
        var copy = new byte[packet.Length];
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                packet.CopyTo(copy, 0);
                _ = IpPacket.TryParse(copy, out var layout);
                _ = TcpHeader.TryParse(layout.Payload(copy.AsSpan()), out var tcp);
                if (nat.Translate(copy, layout, tcp, false, new Instant(i)) != NatVerdict.Rewritten)
                    throw new InvalidOperationException();
            }

            if (round == 1)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static TcpNat Make(TcpNatOptions options) => new(Packets.End(Listener), Packets.Peer4, options);

    private static NatVerdict Translate(TcpNat nat, byte[] packet, Instant now) =>
        nat.Translate(packet, Packets.Parse(packet), Packets.ParseTcp(packet), false, now);

    private static FlowKey KeyOf(byte[] packet)
    {
        var (layout, tcp) = (Packets.Parse(packet), Packets.ParseTcp(packet));
        return new FlowKey(
            new HostPort(layout.Source, tcp.SourcePort), new HostPort(layout.Destination, tcp.DestinationPort));
    }

    /// <summary>Begins a flow and gives the caller that the listener sees.</summary>
    private static HostPort Open(TcpNat nat, string from, string to, Instant now)
    {
        var syn = Packets.Tcp(from, to, TcpControl.Syn, []);
        Assert.Equal(NatVerdict.Begins, Translate(nat, syn, now));
        Assert.True(nat.TryBegin(KeyOf(syn), now));
        Assert.Equal(NatVerdict.Rewritten, Translate(nat, syn, now));
        var layout = Packets.Parse(syn);
        Assert.Equal(Packets.Own4, layout.Destination);
        return new HostPort(layout.Source, Packets.ParseTcp(syn).SourcePort);
    }
}
