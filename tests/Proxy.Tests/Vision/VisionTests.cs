using System.Buffers.Binary;
using CsCheck;
using Karez.Proxy.Vision;
using Karez.Wire;

namespace Karez.Proxy.Tests.Vision;

public class VisionTests
{
    private static readonly Guid User = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57");

    private static readonly Gen<(ulong Seed, int Kind, int Reads, bool CutRecords, bool Published)> Cases =
        Gen.Select(Gen.ULong, Gen.Int[0, 4], Gen.Int[0, 4], Gen.Bool, Gen.Bool);

    [Fact]
    public void The_published_frames_are_written()
    {
        var sender = new VisionSender(new(), User, VisionSide.Client, Shape.Default, new SeededEntropy(1));
        var room = new byte[VisionWire.Headroom];
        var first = new VisionCut(5, true, VisionCommand.Continue, 4, true);
        Assert.Equal(21, sender.WriteHeader(first, room));
        Assert.Equal("66ad4540b58c4ad29926ea63445a9b570000050004", Convert.ToHexStringLower(room.AsSpan(0, 21)));
        var empty = new VisionCut(0, true, VisionCommand.Continue, 3, true);
        Assert.Equal(21, sender.WriteHeader(empty, room));
        Assert.Equal("66ad4540b58c4ad29926ea63445a9b570000000003", Convert.ToHexStringLower(room.AsSpan(0, 21)));
    }

    [Fact]
    public void The_published_frames_are_read()
    {
        var receiver = new VisionReceiver(new(), User, VisionSide.Client);
        var empty = Convert.FromHexString("66ad4540b58c4ad29926ea63445a9b570000000003000000");
        Assert.Equal(VisionStatus.NeedInput, receiver.Feed(empty, out var consumed, out _, out _));
        Assert.Equal(empty.Length, consumed);
        var hello = Convert.FromHexString("0000050004" + "68656c6c6f" + "00000000");
        Assert.Equal(VisionStatus.Content, receiver.Feed(hello, out consumed, out var offset, out var length));
        Assert.Equal((10, 5, 5), (consumed, offset, length));
    }

    [Fact]
    public void Whatever_is_said_arrives_and_raw_octets_begin_at_a_record_header() =>
        Cases.Sample(c =>
        {
            var entropy = new SeededEntropy(c.Seed);
            var pair = Run(c.Kind, c.Reads, c.CutRecords, c.Published ? Shape.Published : Shape.Default, entropy);
            Check(pair.Up);
            Check(pair.Down);
        }, iter: 150);

    [Fact]
    public void Hidden_TLS_13_read_in_usual_pieces_goes_raw_both_ways() =>
        Gen.Select(Gen.ULong, Gen.Bool, Gen.Bool, Gen.Bool).Sample((seed, published, retry, segments) =>
        {
            var entropy = new SeededEntropy(seed);
            var pair = new VisionPair(entropy, published ? Shape.Published : Shape.Default, cutRecords: false);
            var flow = InnerFlow.Tls13(entropy, retry: retry);
            pair.Run(flow, () => segments ? 1448 * (1 + entropy.Below(3)) : 256 * 1024);
            Assert.True(pair.Client.DirectAllowed && pair.Server.DirectAllowed);
            Assert.True(pair.Up.Sender.IsRaw && pair.Down.Sender.IsRaw);
            Check(pair.Up);
            Check(pair.Down);
        }, iter: 150);

    [Fact]
    public void The_servers_flight_and_the_clients_Finished_stay_covered() =>
        Gen.Select(Gen.ULong, Gen.Bool).Sample((seed, segments) =>
        {
            var entropy = new SeededEntropy(seed);
            var flow = InnerFlow.Tls13(entropy);
            var pair = new VisionPair(entropy, Shape.Default, cutRecords: false);
            pair.Run(flow.Take(2), () => segments ? 1448 : 256 * 1024);
            Assert.False(pair.Down.Sender.IsRaw);
            Assert.Equal(flow[1].Octets.Length, pair.Down.FramedContent);
            pair.Run(flow.Skip(2).Take(1), () => 256 * 1024);
            Assert.False(pair.Up.Sender.IsRaw);
            pair.Run(flow.Skip(3).Take(2), () => 256 * 1024);
            Assert.True(pair.Up.Sender.IsRaw && pair.Down.Sender.IsRaw);
            // The longest record and two frames around it are all that stays framed of the data.
            Assert.InRange(pair.Down.FramedContent - flow[1].Octets.Length, 1, 16_406 + 8_171);
        }, iter: 100);

    [Fact]
    public void A_long_record_is_framed_to_its_end()
    {
        var entropy = new SeededEntropy(7);
        var flow = InnerFlow.Tls13(entropy, exchanges: 0);
        var pair = new VisionPair(entropy, Shape.Default, cutRecords: false);
        pair.Run(flow, () => 100_000);
        var before = pair.Down.FramedContent;
        var data = new List<byte>();
        for (var i = 0; i < 4; i++)
            data.AddRange(InnerFlow.Record(entropy, 23, 16_640));
        pair.Run([new(VisionSide.Server, data.ToArray())], () => 100_000);
        Assert.Equal(16_645, pair.Down.FramedContent - before);
        Assert.Equal(3 * 16_645, pair.Down.Raw.Count);
    }

    [Fact]
    public void Hidden_TLS_12_leaves_the_frames_and_stays_inside()
    {
        var entropy = new SeededEntropy(3);
        var pair = new VisionPair(entropy, Shape.Default, cutRecords: true);
        pair.Run(InnerFlow.Tls12(entropy), () => 256 * 1024);
        Assert.True(pair.Up.Sender.IsUnframed && pair.Down.Sender.IsUnframed);
        Assert.Equal(pair.Up.Sent, pair.Up.Delivered);
        Assert.Equal(pair.Down.Sent, pair.Down.Delivered);
    }

    [Fact]
    public void The_counter_counts_pieces_of_8192_octets_however_large_the_reads()
    {
        var traffic = new VisionTraffic();
        traffic.Observe(new byte[8192], VisionSide.Client);
        Assert.Equal(7, traffic.PiecesLeft);
        traffic.Observe(new byte[8193], VisionSide.Server);
        Assert.Equal(5, traffic.PiecesLeft);
        traffic.Observe([], VisionSide.Server);
        traffic.Observe([1], VisionSide.Server);
        Assert.Equal(4, traffic.PiecesLeft);
        traffic.Observe(new byte[1 << 20], VisionSide.Server);
        Assert.Equal(0, traffic.PiecesLeft);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(300, 7)]
    [InlineData(100_000, 1)]
    public void Other_traffic_ends_the_frames_after_seven_pieces(int readLength, int reads)
    {
        var traffic = new VisionTraffic();
        var sender = new VisionSender(traffic, User, VisionSide.Client, Shape.Published, new SeededEntropy(5));
        for (var i = 1; i <= reads; i++)
        {
            Assert.False(sender.IsUnframed);
            var content = new byte[readLength];
            var cut = sender.Next(content);
            Assert.Equal(i == reads ? VisionCommand.End : VisionCommand.Continue, cut.Command);
        }

        Assert.True(sender.IsUnframed);
        Assert.False(sender.Next(new byte[5]).Framed);
    }

    [Theory]
    [InlineData(0x1301, true)]
    [InlineData(0x1302, true)]
    [InlineData(0x1303, true)]
    [InlineData(0x1304, true)]
    [InlineData(0x1305, false)]
    [InlineData(0xC02F, false)]
    public void Only_known_suites_go_raw(int suite, bool allowed)
    {
        var hello = InnerFlow.Record(new SeededEntropy(1), 22, 122);
        (hello[5], hello[43]) = (2, 32);
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(76), (ushort)suite);
        Convert.FromHexString("002b00020304").CopyTo(hello, 90);
        var traffic = new VisionTraffic();
        traffic.Observe(hello, VisionSide.Server);
        Assert.Equal(allowed, traffic.DirectAllowed);
        Assert.Equal(0, traffic.PiecesLeft);
    }

    [Fact]
    public void Hellos_cut_short_never_over_read() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 255], Gen.Int[0, 0xFFFF]).Sample((octets, session, length) =>
        {
            ReadOnlySpan<byte> start = [0x16, 3, 3, (byte)(length >> 8), (byte)length, 2];
            start[..Math.Min(6, octets.Length)].CopyTo(octets);
            if (octets.Length > 43)
                octets[43] = (byte)session;
            new VisionTraffic().Observe(octets, VisionSide.Server);
        });

    [Fact]
    public void An_empty_first_frame_carries_the_id()
    {
        foreach (var shape in new[] { Shape.Default, Shape.Published })
        {
            var sender = new VisionSender(new(), User, VisionSide.Client, shape, new SeededEntropy(5));
            var cut = sender.EmptyFirstFrame();
            Assert.True(cut is { ContentLength: 0, Framed: true, WithUserId: true, Command: VisionCommand.Continue });
            Assert.False(sender.Next(new byte[50]).WithUserId);
        }
    }

    [Fact]
    public void An_unknown_command_is_told_before_its_lengths()
    {
        var receiver = new VisionReceiver(new(), User, VisionSide.Server);
        var octets = new byte[17];
        User.TryWriteBytes(octets, bigEndian: true, out _);
        octets[16] = 3;
        Assert.Equal(VisionStatus.Failed, receiver.Feed(octets, out _, out _, out _));
        Assert.Equal(VisionFault.UnknownCommand, receiver.Fault);
        Assert.Equal(VisionStatus.Failed, receiver.Feed(octets, out _, out _, out _));
        Assert.True(receiver.Withheld.IsEmpty);
    }

    [Fact]
    public void A_stream_without_the_id_passes_as_it_is()
    {
        var id = new byte[16];
        User.TryWriteBytes(id, bigEndian: true, out _);
        for (var alike = 0; alike < 16; alike++)
        {
            var receiver = new VisionReceiver(new(), User, VisionSide.Client);
            Assert.Equal(VisionStatus.NeedInput, receiver.Feed(id.AsSpan(0, alike), out _, out _, out _));
            byte[] other = [(byte)~id[alike], 1, 2];
            Assert.Equal(VisionStatus.Unframed, receiver.Feed(other, out var consumed, out _, out _));
            Assert.Equal(0, consumed);
            Assert.Equal(id.AsSpan(0, alike), receiver.Withheld);
        }
    }

    [Fact]
    public void What_stands_behind_the_last_frame_is_content()
    {
        var id = Convert.FromHexString("66ad4540b58c4ad29926ea63445a9b57");
        byte[] octets = [.. id, 2, 0, 1, 0, 2, 0xAA, 0, 0, 0xBB, 0xCC];
        var receiver = new VisionReceiver(new(), User, VisionSide.Client);
        Assert.Equal(VisionStatus.Content, receiver.Feed(octets, out var consumed, out _, out var length));
        Assert.Equal((22, 1), (consumed, length));
        Assert.Equal(VisionStatus.Raw, receiver.Feed(octets.AsSpan(consumed), out var more, out _, out _));
        Assert.Equal(2, more);
    }

    [Fact]
    public void Random_frames_never_throw() =>
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[1, 60], Gen.Bool).Sample((octets, piece, withId) =>
        {
            if (withId && octets.Length >= 17)
            {
                User.TryWriteBytes(octets, bigEndian: true, out _);
                octets[16] = 0;
            }

            var receiver = new VisionReceiver(new(), User, VisionSide.Client);
            for (var at = 0; at < octets.Length;)
            {
                var shown = octets.AsSpan(at, Math.Min(piece, octets.Length - at));
                var status = receiver.Feed(shown, out var consumed, out var offset, out var length);
                Assert.True(consumed <= shown.Length && offset + length <= consumed);
                if (status is not (VisionStatus.Content or VisionStatus.NeedInput))
                    return;
                at += consumed;
            }
        });

    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        var entropy = new SeededEntropy(2);
        var content = InnerFlow.Tls13(entropy, exchanges: 0)[1].Octets;
        var (senders, receivers) = (new VisionSender[200], new VisionReceiver[200]);
        for (var i = 0; i < senders.Length; i++)
        {
            senders[i] = new VisionSender(new(), User, VisionSide.Server, Shape.Default, Zeros.Instance);
            receivers[i] = new VisionReceiver(new(), User, VisionSide.Server);
        }

        var record = new byte[8192];
        Use(senders[0], receivers[0], content, record);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < senders.Length; i++)
            Use(senders[i], receivers[i], content, record);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Use(VisionSender sender, VisionReceiver receiver, ReadOnlySpan<byte> content, byte[] record)
    {
        while (!content.IsEmpty)
        {
            var cut = sender.Next(content);
            var header = sender.WriteHeader(cut, record);
            content[..cut.ContentLength].CopyTo(record.AsSpan(header));
            content = content[cut.ContentLength..];
            ReadOnlySpan<byte> rest = record.AsSpan(0, cut.TotalLength);
            while (receiver.Feed(rest, out var consumed, out _, out _) == VisionStatus.Content)
                rest = rest[consumed..];
        }
    }

    private static VisionPair Run(int kind, int reads, bool cutRecords, Shape shape, SeededEntropy entropy)
    {
        var pair = new VisionPair(entropy, shape, cutRecords);
        var flow = kind switch
        {
            0 => InnerFlow.Tls13(entropy, most: reads == 0 ? 4_000 : 40_000),
            1 => InnerFlow.Tls13(entropy, exchanges: 2, most: 8_000, retry: true),
            2 => InnerFlow.Tls12(entropy),
            3 => InnerFlow.Octets(entropy, 6, reads == 0 ? 500 : 30_000),
            _ => [.. InnerFlow.Tls13(entropy, exchanges: 1, most: 3_000), .. InnerFlow.Octets(entropy, 4, 2_000)],
        };
        pair.Run(flow, () => reads switch
        {
            0 => 1,
            1 => 1 + entropy.Below(50),
            2 => 1 + entropy.Below(3_000),
            3 => 256 * 1024,
            // The hellos whole, so that TLS is recognised, and then anything.
            _ => pair.Up.Sent.Count == 0 || pair.Down.Sent.Count == 0 ? 256 * 1024 : 1 + entropy.Below(40),
        });
        return pair;
    }

    private static void Check(VisionPair.Direction direction)
    {
        Assert.Equal(direction.Sent, direction.Delivered);
        Assert.True(direction.Frames.SkipLast(1).All(f => f.Command == VisionCommand.Continue));
        if (!direction.Sender.IsRaw)
            return;
        var inner = direction.Sent.ToArray();
        var (at, type) = (0, (byte)0);
        while (at < direction.FramedContent)
        {
            type = inner[at];
            at += 5 + BinaryPrimitives.ReadUInt16BigEndian(inner.AsSpan(at + 3));
        }

        Assert.Equal(direction.FramedContent, at);
        Assert.Equal(0x17, type);
        Assert.Equal(inner.Length - at, direction.Raw.Count);
    }

    private sealed class Zeros : IEntropy
    {
        public static readonly Zeros Instance = new();

        public void Fill(Span<byte> destination) => destination.Clear();
    }
}
