using CsCheck;
using Karez.Observe.Streams;

namespace Karez.Observe.Tests.Streams;

public class StreamReassemblerTests
{
    [Fact]
    public void Any_order_and_repetition_of_segments_gives_the_stream() =>
        Gen.Select(
            Gen.Byte.Array[1, 400], Gen.UInt, Gen.Int[2, 60],
            Gen.Select(Gen.Int[0, 399], Gen.Int[1, 90]).Array[0, 12], Gen.Int[0, int.MaxValue])
            .Sample((stream, origin, size, again, seed) =>
            {
                var segments = stream.Chunk(size).Select((_, i) => (At: i * size, Length: Math.Min(size, stream.Length - (i * size))))
                    .Concat(again.Where(a => a.Item1 < stream.Length)
                        .Select(a => (At: a.Item1, Length: Math.Min(a.Item2, stream.Length - a.Item1))))
                    .ToArray();
                new Random(seed).Shuffle(segments);
                var reassembler = new StreamReassembler();
                reassembler.Start(origin);
                var pieces = new List<StreamPiece>();
                foreach (var (at, length) in segments)
                    reassembler.Feed(origin + (uint)at, stream.AsMemory(at, length), length, 0, pieces);
                return pieces.SelectMany(p => p.Octets.ToArray()).SequenceEqual(stream)
                    && pieces.Sum(p => p.Missing) == 0
                    && reassembler.Position == stream.Length
                    && reassembler.Repeated == segments.Sum(s => s.Length) - stream.Length;
            });

    [Fact]
    public void What_came_first_counts()
    {
        var reassembler = new StreamReassembler();
        var pieces = new List<StreamPiece>();
        reassembler.Feed(100, "abc"u8.ToArray(), 3, 0, pieces);
        reassembler.Feed(101, "XYZd"u8.ToArray(), 4, 0, pieces);
        Assert.Equal("abcZd"u8, pieces.SelectMany(p => p.Octets.ToArray()).ToArray());
    }

    [Fact]
    public void A_gap_that_never_closes_is_told_and_memory_stays_bounded()
    {
        var reassembler = new StreamReassembler();
        var pieces = new List<StreamPiece>();
        reassembler.Start(0);
        for (uint i = 0; i < 2000; i++)
            reassembler.Feed(1000 + (i * 1400), new byte[1400], 1400, i, pieces);
        var missing = Assert.Single(pieces, p => p.Missing > 0);
        Assert.Equal((0, 1000), (missing.Offset, missing.Missing));
        Assert.Equal(1000 + (2000 * 1400), reassembler.Position);
        Assert.Equal(1000, reassembler.Missing);
    }

    [Fact]
    public void What_a_capture_cut_off_is_told_as_missing()
    {
        var reassembler = new StreamReassembler();
        var pieces = new List<StreamPiece>();
        reassembler.Feed(5, "ab"u8.ToArray(), 10, 0, pieces);
        reassembler.Feed(15, "cd"u8.ToArray(), 2, 0, pieces);
        Assert.Equal([(0L, 2, 8L), (10L, 2, 0L)], pieces.Select(p => (p.Offset, p.Octets.Length, p.Missing)));
    }

    [Fact]
    public void Segments_far_away_are_strays()
    {
        var reassembler = new StreamReassembler();
        var pieces = new List<StreamPiece>();
        reassembler.Start(0);
        reassembler.Feed(1u << 30, "a"u8.ToArray(), 1, 0, pieces);
        reassembler.Finish(pieces);
        Assert.Empty(pieces);
        Assert.Equal(1, reassembler.Strays);
    }

    [Fact]
    public void The_end_tells_what_was_held()
    {
        var reassembler = new StreamReassembler();
        var pieces = new List<StreamPiece>();
        reassembler.Start(0);
        reassembler.Feed(4, "a"u8.ToArray(), 1, 0, pieces);
        Assert.Empty(pieces);
        reassembler.Finish(pieces);
        Assert.Equal([(0L, 0, 4L), (4L, 1, 0L)], pieces.Select(p => (p.Offset, p.Octets.Length, p.Missing)));
    }

    [Fact]
    public void The_scanner_finds_the_messages_at_any_split()
    {
        var hello = TestHellos.Chromium156();
        byte[] stream = [.. hello, 20, 3, 3, 0, 1, 1];
        for (var piece = 1; piece < hello.Length; piece += 7)
        {
            var scanner = new HandshakeScanner();
            foreach (var part in stream.Chunk(piece))
                scanner.Feed(part);
            Assert.True(scanner.Ended);
            Assert.Equal(hello[5..], scanner.First.ToArray());
            Assert.Equal([new HandshakeSight(1, hello.Length - 5)], scanner.Messages);
        }
    }

    [Fact]
    public void The_scanner_reads_messages_across_records_and_several_in_one()
    {
        var scanner = new HandshakeScanner();
        byte[] messages = [2, 0, 0, 3, 1, 2, 3, 11, 0, 0, 5, 1, 2, 3, 4, 5, 14, 0, 0, 0];
        foreach (var part in messages.Chunk(6))
            scanner.Feed([22, 3, 3, 0, (byte)part.Length, .. part]);
        Assert.Equal([new(2, 7), new(11, 9), new(14, 4)], scanner.Messages);
        Assert.Equal([2, 0, 0, 3, 1, 2, 3], scanner.First.ToArray());
        Assert.False(scanner.Ended);
        scanner.Feed("HTTP"u8);
        Assert.True(scanner.Ended);
    }

    [Fact]
    public void A_splitter_survives_a_gap_in_a_body_and_says_when_it_cannot()
    {
        var ended = new List<RecordSight>();
        var splitter = new RecordSplitter();
        splitter.Feed([23, 3, 3, 0, 9, 1], ended);
        splitter.Skip(8, ended);
        splitter.Feed([23, 3, 3, 0, 1, 1], ended);
        Assert.Equal([14, 6], ended.Select(r => r.Length));
        Assert.Null(splitter.NotTlsFrom);
        splitter.Skip(1, ended);
        Assert.True(splitter.LostTrack);
        Assert.Equal(20, splitter.NotTlsFrom);
        Assert.Equal(21, splitter.Position);
    }
}
