using static Karez.Crypto.Tests.Octets;

namespace Karez.Crypto.Tests;

public class Blake3Tests
{
    [Theory] // BLAKE3-team/BLAKE3, test_vectors/test_vectors.json, column keyed_hash, the first 32 octets.
    [InlineData(0, "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26")]
    [InlineData(1, "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b")]
    [InlineData(1023, "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e")]
    [InlineData(1024, "75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4")]
    [InlineData(1025, "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69")]
    [InlineData(2048, "879cf1fa2ea0e79126cb1063617a05b6ad9d0b696d0d757cf053439f60a99dd1")]
    [InlineData(3073, "68dede9bef00ba89e43f31a6825f4cf433389fedae75c04ee9f0cf16a427c95a")]
    [InlineData(7169, "ed9b1a922c046fdb3d423ae34e143b05ca1bf28b710432857bf738bcedbfa511")]
    public void Hashes_as_the_vectors_say_and_short_outputs_are_prefixes(int length, string hash)
    {
        byte[] input = [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
        var output = new byte[32];
        Blake3.Keyed("whats the Elvish word for friend"u8, input, output);
        Assert.Equal(hash, Text(output));

        var globalId = new byte[8];
        Blake3.Keyed("whats the Elvish word for friend"u8, input, globalId);
        Assert.Equal(hash[..16], Text(globalId));
    }

    [Fact] // The same file, length 0, all 131 octets.
    public void Output_longer_than_a_block_goes_on()
    {
        var output = new byte[131];
        Blake3.Keyed("whats the Elvish word for friend"u8, default, output);
        Assert.Equal(
            "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26b18171a2f22a4b94822c701f107153dba24918c4"
            + "bae4d2945c20ece13387627d3b73cbf97b797d5e59948c7ef788f54372df45e45e4293c7dc18c1d41144a9758be58960856be1ea"
            + "bbe22c2653190de560ca3b2ac4aa692a9210694254c371e851bc8f",
            Text(output));
    }

    [Fact]
    public void Wrong_lengths_throw()
    {
        Assert.Throws<ArgumentException>(() => Blake3.Keyed(new byte[31], default, new byte[8]));
        Assert.Throws<ArgumentException>(() => Blake3.Keyed(new byte[33], default, new byte[8]));
        Assert.Throws<ArgumentException>(() => Blake3.Keyed(new byte[32], default, default));
    }
}
