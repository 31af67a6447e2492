using Karez.Tests;
using static Karez.Crypto.Tests.Octets;

namespace Karez.Crypto.Tests;

[Collection(nameof(QuietProcess))]
public class AeadTests
{
    public static TheoryData<AeadAlgorithm> Algorithms => [.. Enum.GetValues<AeadAlgorithm>()];

    [Theory]
    [InlineData( // McGrew and Viega, the GCM specification, test case 4.
        AeadAlgorithm.Aes128Gcm, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
        + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
        "5bc94fbc3221a5db94fae95ae7121a47")]
    [InlineData( // The wire specification, 8.1: the sealed session id of vector A.
        AeadAlgorithm.Aes256Gcm, "3f5fd81997d635ef5fce5ae5c434d99755130d5b5ad1add201a50fe542d525d1",
        "1415161718191a1b1c1d1e1f", "1a031b0069800e800123456789abcdef",
        "010000a80303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f200000000000000000000000"
        + "00000000000000000000000000000000000000000000061301130213030100005900000010000e00000b6578616d706c652e"
        + "636f6d000a00040002001d000d00080006040308040807002b0003020304003300260024001d0020493e82fc74464a592688"
        + "17623d2053c5eb8e2cc4a988b4fee179ec6b010d531d",
        "78e4c0008c2fbf064b342c0a6c7938b5", "5b1de3ff6434d1368bec73bbb15927d2")]
    [InlineData( // RFC 8439 section 2.8.2.
        AeadAlgorithm.ChaCha20Poly1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        "070000004041424344454647",
        "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64"
        + "206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f"
        + "756c642062652069742e",
        "50515253c0c1c2c3c4c5c6c7",
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a"
        + "9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9d"
        + "e576d26586cec64b6116",
        "1ae10b594f09e26a7e902ecbd0600691")]
    public void Seals_as_the_vectors_say(
        AeadAlgorithm algorithm, string key, string nonce, string plaintext, string aad, string ciphertext, string tag)
    {
        using var aead = Aead.Create(algorithm, Hex(key));
        var (sealedOctets, sealedTag) = (new byte[plaintext.Length / 2], new byte[Aead.TagSize]);
        aead.Seal(Hex(nonce), Hex(plaintext), sealedOctets, sealedTag, Hex(aad));
        Assert.Equal(ciphertext, Text(sealedOctets));
        Assert.Equal(tag, Text(sealedTag));

        Assert.True(aead.TryOpen(Hex(nonce), sealedOctets, sealedTag, sealedOctets, Hex(aad)));
        Assert.Equal(plaintext, Text(sealedOctets));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_failed_open_leaves_a_ciphertext_apart_as_it_was_and_zeroes_the_plaintext(AeadAlgorithm algorithm)
    {
        using var aead = Aead.Create(algorithm, Run(0, Aead.KeySizeOf(algorithm)));
        var (ciphertext, plaintext) = (Run(1, 40), Run(2, 40));
        Assert.False(aead.TryOpen(new byte[12], ciphertext, new byte[16], plaintext, []));
        Assert.Equal(Run(1, 40), ciphertext);
        Assert.Equal(new byte[40], plaintext);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Blocks_of_a_wrong_size_throw(AeadAlgorithm algorithm)
    {
        using var aead = Aead.Create(algorithm, new byte[Aead.KeySizeOf(algorithm)]);
        foreach (var length in new[] { 0, 8, 11, 13, 15, 17, 24, 31, 33 })
        {
            Assert.ThrowsAny<ArgumentException>(() => Aead.Create(algorithm, new byte[length]));
            Assert.ThrowsAny<ArgumentException>(
                () => aead.Seal(new byte[length], new byte[4], new byte[4], new byte[16], []));
            Assert.ThrowsAny<ArgumentException>(
                () => aead.TryOpen(new byte[length], new byte[4], new byte[16], new byte[4], []));
            Assert.ThrowsAny<ArgumentException>(
                () => aead.Seal(new byte[12], new byte[4], new byte[length], new byte[16], []));
            Assert.ThrowsAny<ArgumentException>(
                () => aead.TryOpen(new byte[12], new byte[4], new byte[16], new byte[length], []));
            Assert.ThrowsAny<ArgumentException>(
                () => aead.Seal(new byte[12], new byte[4], new byte[4], new byte[length], []));
            Assert.ThrowsAny<ArgumentException>(
                () => aead.TryOpen(new byte[12], new byte[4], new byte[length], new byte[4], []));
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Ten_thousand_records_in_place_allocate_nothing(AeadAlgorithm algorithm)
    {
        using var aead = Aead.Create(algorithm, Run(0, Aead.KeySizeOf(algorithm)));
        var (buffer, nonce, tag, aad) = (new byte[16384], new byte[12], new byte[16], Run(0, 5));
        Turn(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var opened = Turn(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_000, opened);

        int Turn(int count)
        {
            var held = 0;
            for (var i = 0; i < count; i++)
            {
                nonce[0] = (byte)i;
                var part = buffer.AsSpan(0, 1 + (i % 1400));
                aead.Seal(nonce, part, part, tag, aad);
                if (aead.TryOpen(nonce, part, tag, part, aad))
                    held++;
            }

            return held;
        }
    }
}
