namespace Karez.Wire.Tests;

public class WireWriterTests
{
    [Fact]
    public void A_write_that_does_not_fit_is_remembered_and_writes_nothing()
    {
        var block = new byte[3];
        var writer = new WireWriter(block);
        writer.WriteUInt16(0x0102);
        writer.WriteUInt16(0x0304);
        Assert.True(writer.Overflowed);
        writer.WriteUInt8(9);
        Assert.Equal(2, writer.Written);
        Assert.Equal([1, 2, 0], block);
    }

    [Fact]
    public void A_body_too_long_for_its_length_field_counts_as_overflow()
    {
        var writer = new WireWriter(new byte[400]);
        var vector = writer.OpenVector8();
        writer.WriteZeros(256);
        writer.Close(vector);
        Assert.True(writer.Overflowed);
    }
}
