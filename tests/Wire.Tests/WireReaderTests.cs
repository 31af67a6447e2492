using CsCheck;

namespace Karez.Wire.Tests;

public class WireReaderTests
{
    [Fact]
    public void Vectors_never_read_past_the_end() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 2]).Sample((bytes, kind) =>
        {
            var reader = new WireReader(bytes);
            var read = kind switch
            {
                0 => reader.TryReadVector8(out var body) ? body.Length + 1 : 0,
                1 => reader.TryReadVector16(out var body) ? body.Length + 2 : 0,
                _ => reader.TryReadVector24(out var body) ? body.Length + 3 : 0,
            };
            return read + reader.Remaining == bytes.Length;
        });

    [Fact]
    public void What_is_written_reads_back() =>
        Gen.Select(Gen.Byte, Gen.UShort, Gen.Int[0, 0xFFFFFF], Gen.UInt, Gen.ULong, Gen.Byte.Array[0, 255])
            .Sample((u8, u16, u24, u32, u64, body) =>
            {
                var writer = new WireWriter(new byte[2000]);
                writer.WriteUInt8(u8);
                writer.WriteUInt16(u16);
                writer.WriteUInt24(u24);
                writer.WriteUInt32(u32);
                writer.WriteUInt64(u64);
                foreach (var size in new[] { 1, 2, 3 })
                {
                    var vector = size == 1 ? writer.OpenVector8() : size == 2 ? writer.OpenVector16() : writer.OpenVector24();
                    writer.WriteBytes(body);
                    writer.Close(vector);
                }

                return !writer.Overflowed && writer.Written == 24 + (3 * body.Length);
            });

    [Fact]
    public void Fields_read_back_in_network_order()
    {
        var reader = new WireReader([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 0xA, 0xB]);
        Assert.True(reader.TryReadUInt8(out var u8) && u8 == 1);
        Assert.True(reader.TryReadUInt16(out var u16) && u16 == 0x0203);
        Assert.True(reader.TryReadUInt24(out var u24) && u24 == 0x040506);
        Assert.True(reader.TryReadUInt32(out var u32) && u32 == 0x0708090A);
        Assert.True(reader.TryReadVector8(out var body) && body.SequenceEqual((byte[])[0xA, 0xB]));
        Assert.Equal(0, reader.Remaining);
    }
}
