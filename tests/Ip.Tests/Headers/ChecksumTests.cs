using CsCheck;
using Karez.Ip.Headers;

namespace Karez.Ip.Tests.Headers;

public class ChecksumTests
{
    [Fact]
    public void The_example_of_RFC_1071_comes_out()
    {
        byte[] octets = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];
        Assert.Equal(0xDDF2, Checksum.Fold(Checksum.Sum(octets)));
        Assert.Equal(0x220D, Checksum.Of(octets));
    }

    [Fact]
    public void The_example_of_RFC_1624_comes_out() =>
        Assert.Equal(0x0000, Checksum.Update(0xDD2F, 0x5555, 0x3285));

    [Fact]
    public void The_fast_sum_is_the_slow_sum() =>
        Gen.Byte.Array[0, 2000].Sample(octets =>
            Assert.Equal(Packets.Naive(octets), Checksum.Fold(Checksum.Sum(octets))));

    [Fact]
    public void Full_octets_of_the_longest_packet_do_not_overflow()
    {
        var octets = new byte[65_535];
        octets.AsSpan().Fill(0xFF);
        Assert.Equal(Packets.Naive(octets), Checksum.Fold(Checksum.Sum(octets)));
    }

    [Fact]
    public void A_change_by_difference_is_the_checksum_made_anew() =>
        Gen.Select(Gen.Byte.Array[40], Gen.Byte.Array[8], Gen.Int[0, 16]).Sample((octets, change, word) =>
        {
            var at = word * 2;
            octets[20] |= 1; // something that is not zero stays, as in every packet
            var before = Checksum.Of(octets);
            var old = (uint)Checksum.Sum(octets.AsSpan(at, 8));
            change.CopyTo(octets, at);
            var after = Checksum.Update(before, old, (uint)Checksum.Sum(change));
            Assert.Equal(0xFFFF, Packets.Naive([.. octets, (byte)(after >> 8), (byte)after]));
        });
}
