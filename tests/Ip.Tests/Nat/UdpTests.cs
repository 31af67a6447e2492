using CsCheck;
using Karez.Ip.Headers;
using Karez.Ip.Nat;
using Karez.Wire;

namespace Karez.Ip.Tests.Nat;

public class UdpTests
{
    private static readonly HostPort s_fake = Packets.End("198.18.1.7:3478");
    private static readonly HostPort s_real = Packets.End("203.0.113.9:3478");

    [Fact]
    public void Flows_are_bounded_and_the_longest_unused_gives_way()
    {
        var flows = new UdpFlows<string>(2, TimeSpan.FromSeconds(5));
        flows.Add(Packets.End("10.0.0.1:1"), "first", new Instant(0));
        flows.Add(Packets.End("10.0.0.1:2"), "second", new Instant(1));
        Assert.True(flows.TryUse(Packets.End("10.0.0.1:1"), new Instant(2000), out _));
        Assert.False(flows.TryMakeRoom(new Instant(5000), out _));
        Assert.True(flows.TryMakeRoom(new Instant(5001), out var ended));
        Assert.Equal(("second", 1), (ended, flows.Count));
        Assert.False(flows.TryTakeIdle(new Instant(61_999), TimeSpan.FromMinutes(1), out _));
        Assert.True(flows.TryTakeIdle(new Instant(62_000), TimeSpan.FromMinutes(1), out var idle));
        Assert.Equal(("first", 0), (idle, flows.Count));
    }

    [Fact]
    public void Finding_a_flow_allocates_nothing()
    {
        var flows = new UdpFlows<string>(2, TimeSpan.FromSeconds(5));
        flows.Add(Packets.End("10.0.0.1:1"), "first", default);
        flows.Add(Packets.End("10.0.0.1:2"), "second", default);
        var (one, two) = (Packets.End("10.0.0.1:1"), Packets.End("10.0.0.1:2"));
        flows.TryUse(one, default, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            flows.TryUse(one, new Instant(i), out _);
            flows.TryUse(two, new Instant(i), out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_names_answer_comes_from_the_address_that_was_written_to()
    {
        var peers = new NamedPeers();
        peers.NoteNamed(s_fake);
        Assert.Equal(s_fake, peers.Translate(s_real));
        Assert.Equal(s_fake, peers.Translate(s_real));
        Assert.Equal(s_fake with { Port = 3479 }, peers.Translate(s_real with { Port = 3479 }));
    }

    [Fact]
    public void Somebody_else_keeps_his_address()
    {
        var peers = new NamedPeers();
        var friend = Packets.End("203.0.113.50:3478");
        peers.NoteReal(friend.Address);
        peers.NoteNamed(s_fake);
        Assert.Equal(friend, peers.Translate(friend));
        var stranger = Packets.End("203.0.113.51:5000");
        Assert.Equal(stranger, peers.Translate(stranger));
        Assert.Equal(s_fake, peers.Translate(s_real));
        var later = Packets.End("203.0.113.52:3478");
        Assert.Equal(later, peers.Translate(later));
    }

    [Fact]
    public void Two_names_are_answered_in_the_order_asked()
    {
        var peers = new NamedPeers();
        var other = Packets.End("198.18.1.8:3478");
        peers.NoteNamed(s_fake);
        peers.NoteNamed(other);
        Assert.Equal(s_fake, peers.Translate(s_real));
        Assert.Equal(other, peers.Translate(Packets.End("203.0.113.10:3478")));
        Assert.Equal(s_fake, peers.Translate(s_real));
    }

    [Fact]
    public void Fragments_in_any_order_become_the_payload() => Gen.Select(
        Gen.Byte.Array[1, 4000], Gen.Int[1, 60], Gen.Int[0, 1000], Gen.Bool).Sample((payload, blocks, seed, six) =>
    {
        var parts = new List<byte[]>();
        var size = blocks * 8;
        for (var at = 0; at < payload.Length; at += size)
            parts.Add(Fragment(
                payload.AsSpan(at, Math.Min(size, payload.Length - at)), at, at + size < payload.Length, six));
        if (parts.Count < 2)
            return;
        var shuffled = parts.ToArray();
        new SeededEntropy((ulong)seed).Shuffle(shuffled.AsSpan());
        var reassembly = new Reassembly();
        for (var i = 0; i < shuffled.Length; i++)
        {
            var whole = reassembly.TryComplete(shuffled[i], Packets.Parse(shuffled[i]), default, out var octets);
            Assert.Equal(i == shuffled.Length - 1, whole);
            if (whole)
                Assert.Equal(payload, octets.ToArray());
        }

        Assert.Equal((0, 0L), (reassembly.Count, reassembly.GivenUp));
    }, iter: 300);

    [Fact]
    public void Overlapping_parts_end_the_datagram()
    {
        var reassembly = new Reassembly();
        var first = Fragment(new byte[16], 0, true, false);
        var overlap = Fragment(new byte[16], 8, true, false);
        var last = Fragment(new byte[8], 16, false, false);
        Assert.False(reassembly.TryComplete(first, Packets.Parse(first), default, out _));
        Assert.False(reassembly.TryComplete(overlap, Packets.Parse(overlap), default, out _));
        Assert.False(reassembly.TryComplete(last, Packets.Parse(last), default, out _));
        Assert.Equal(1, reassembly.GivenUp);
        Assert.False(reassembly.TryComplete(first, Packets.Parse(first), new Instant(15_000), out _));
        Assert.True(reassembly.TryComplete(last, Packets.Parse(last), new Instant(15_000), out var whole));
        Assert.Equal(24, whole.Length);
    }

    [Fact]
    public void What_is_too_long_or_never_ends_is_given_up_and_little_is_kept()
    {
        var reassembly = new Reassembly();
        var far = Fragment(new byte[16], 8190 * 8, true, false);
        Assert.False(reassembly.TryComplete(far, Packets.Parse(far), default, out _));
        for (var id = 0; id < 100; id++)
        {
            var part = Fragment(new byte[16], 0, true, false, (ushort)id);
            reassembly.TryComplete(part, Packets.Parse(part), default, out _);
        }

        Assert.Equal(16, reassembly.Count);
    }

    private static byte[] Fragment(ReadOnlySpan<byte> payload, int at, bool more, bool six, ushort id = 77)
    {
        var field = (ushort)(at | (more ? 1 : 0));
        if (six)
        {
            byte[] header = [17, 0, (byte)(field >> 8), (byte)field, 0, 0, (byte)(id >> 8), (byte)id];
            return Packets.Wrap(
                IpProtocol.Fragment, Packets.End("[fd00::1]:5"), Packets.End("[fd00::2]:6"), [.. header, .. payload]);
        }

        var packet = Packets.Wrap(
            IpProtocol.Udp, Packets.End("10.0.0.1:5"), Packets.End("10.0.0.2:6"), payload.ToArray());
        field = (ushort)((at / 8) | (more ? 0x2000 : 0));
        (packet[4], packet[5], packet[6], packet[7]) = ((byte)(id >> 8), (byte)id, (byte)(field >> 8), (byte)field);
        return packet;
    }
}
