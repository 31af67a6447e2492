using CsCheck;

namespace Karez.Observe.Tests;

public class RecordSplitterTests
{
    private static readonly Gen<(byte Type, byte[] Body)[]> Records =
        Gen.Select(Gen.Byte[20, 24], Gen.Byte.Array[0, 300]).Array[1, 8];

    [Fact]
    public void Any_split_of_a_stream_shows_the_same_records() =>
        Gen.Select(Records, Gen.Int[1, 40]).Sample((records, piece) =>
        {
            var stream = records.SelectMany(r => Record(r.Type, r.Body)).ToArray();
            var whole = Split(stream, stream.Length, out _);
            var pieces = Split(stream, piece, out var splitter);
            return whole.SequenceEqual(pieces) && whole.Count == records.Length
                && whole.Sum(r => r.Length) == stream.Length
                && !splitter.InsideRecord && splitter.NotTlsFrom is null && splitter.Position == stream.Length;
        });

    [Fact]
    public void Says_where_a_stream_stops_being_tls() =>
        Gen.Select(Records, Gen.Int[1, 9]).Sample((records, piece) =>
        {
            byte[] tls = [.. records.SelectMany(r => Record(r.Type, r.Body))];
            var sights = Split([.. tls, .. "GET / HTTP/1.1\r\n"u8], piece, out var splitter);
            return splitter.NotTlsFrom == tls.Length && sights.Count == records.Length
                && splitter.Position == tls.Length + 16;
        });

    [Theory]
    [InlineData("19 03 03 00 01", 0)]
    [InlineData("17 02", 0)]
    [InlineData("17 03 05", 0)]
    [InlineData("17 03 03 48 01", 0)]
    [InlineData("14 03 03 00 01 01 17 03 03 ff ff", 6)]
    public void A_header_that_breaks_a_rule_is_no_record(string hex, int offset)
    {
        Split(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), 1, out var splitter);
        Assert.Equal(offset, splitter.NotTlsFrom);
    }

    [Fact]
    public void A_record_of_the_largest_length_is_seen()
    {
        var sight = Assert.Single(Split(Record(23, new byte[(1 << 14) + 2048]), 1448, out _));
        Assert.Equal((1 << 14) + 2048 + 5, sight.Length);
        Assert.Equal(0x0303, sight.Version);
    }

    [Fact]
    public void A_stream_that_stops_inside_a_record_says_so()
    {
        Assert.Empty(Split([23, 3, 3, 0, 9, 1], 6, out var splitter));
        Assert.True(splitter.InsideRecord);
    }

    private static List<RecordSight> Split(byte[] stream, int piece, out RecordSplitter splitter)
    {
        splitter = new RecordSplitter();
        var sights = new List<RecordSight>();
        for (var at = 0; at < stream.Length; at += piece)
            splitter.Feed(stream.AsSpan(at, Math.Min(piece, stream.Length - at)), sights);
        return sights;
    }

    private static byte[] Record(byte type, byte[] body) =>
        [type, 3, 3, (byte)(body.Length >> 8), (byte)body.Length, .. body];
}
