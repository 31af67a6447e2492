using Karez.Tests;
using static Karez.Crypto.Tests.Octets;

namespace Karez.Crypto.Tests;

public class MlKem768Tests
{
    [Fact] // The hybrid share in the ClientHello of vector B: an extension entry 11ec, length 04c0, ek, X25519.
    public void Expands_the_seed_of_vector_b_to_the_share_in_its_hello()
    {
        var hello = Hex(Vector("vectorB_clienthello.hex"));
        var at = hello.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x11, 0xEC, 0x04, 0xC0]) + 4;
        using var share = new HybridKeyShare(Shake128Of("mlkem seed", 64), Run(0xA0, 32));
        Assert.Equal(hello.AsSpan(at, 1216).ToArray(), share.PublicShare.ToArray());
    }

    [Fact]
    public void Both_sides_get_the_same_secret()
    {
        var entropy = new SeededEntropy(8);
        var seed = new byte[MlKem768.SeedSize];
        for (var i = 0; i < 100; i++)
        {
            entropy.Fill(seed);
            using var key = MlKem768PrivateKey.FromSeed(seed);
            var (ek, ct) = (new byte[MlKem768.EncapsulationKeySize], new byte[MlKem768.CiphertextSize]);
            var (theirs, ours) = (new byte[32], new byte[32]);
            key.WriteEncapsulationKey(ek);
            Assert.True(MlKem768.TryEncapsulate(ek, entropy, ct, theirs));
            key.Decapsulate(ct, ours);
            Assert.Equal(theirs, ours);

            // A tampered ciphertext is answered with another secret, the same one each time.
            ct[i] ^= 1;
            var (once, twice) = (new byte[32], new byte[32]);
            key.Decapsulate(ct, once);
            key.Decapsulate(ct, twice);
            Assert.NotEqual(theirs, once);
            Assert.Equal(once, twice);
        }
    }

    [Fact]
    public void The_same_entropy_gives_the_same_ciphertext()
    {
        using var key = MlKem768PrivateKey.FromSeed(Run(0, 64));
        var ek = new byte[MlKem768.EncapsulationKeySize];
        key.WriteEncapsulationKey(ek);
        byte[] Draw(ulong seed)
        {
            var entropy = new SeededEntropy(seed);
            var ct = new byte[MlKem768.CiphertextSize];
            Assert.True(MlKem768.TryEncapsulate(ek, entropy, ct, new byte[32]));
            return ct;
        }

        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
    }

    [Fact]
    public void A_key_with_a_coefficient_of_q_or_more_is_refused_at_every_place()
    {
        var entropy = new SeededEntropy(10);
        using var key = MlKem768PrivateKey.FromSeed(Run(0, 64));
        var (ek, ct, secret) = (new byte[1184], new byte[1088], new byte[32]);
        key.WriteEncapsulationKey(ek);
        for (var i = 0; i < 1152; i += 3)
        {
            var (a, b, c) = (ek[i], ek[i + 1], ek[i + 2]);
            (ek[i], ek[i + 1]) = (0x01, (byte)((b & 0xF0) | 0x0D)); // First coefficient 0xD01 = q.
            Assert.False(MlKem768.TryEncapsulate(ek, entropy, ct, secret));
            (ek[i], ek[i + 1], ek[i + 2]) = (a, (byte)((b & 0x0F) | 0x10), 0xD0); // Second coefficient q.
            Assert.False(MlKem768.TryEncapsulate(ek, entropy, ct, secret));
            (ek[i], ek[i + 1], ek[i + 2]) = (0x00, 0x0D, 0xD0); // Both q - 1.
            Assert.True(i % 96 != 0 || MlKem768.TryEncapsulate(ek, entropy, ct, secret));
            (ek[i], ek[i + 1], ek[i + 2]) = (a, b, c);
        }
    }

    [Fact]
    public void Other_lengths_are_refused_and_a_wrong_block_of_ours_throws()
    {
        var entropy = new SeededEntropy(11);
        using var key = MlKem768PrivateKey.FromSeed(Run(0, 64));
        foreach (var length in new[] { 0, 1, 31, 33, 1087, 1089, 1183, 1185, 4000 })
        {
            Assert.False(MlKem768.TryEncapsulate(new byte[length], entropy, new byte[1088], new byte[32]));
            Assert.Throws<ArgumentException>(
                () => MlKem768.TryEncapsulate(new byte[1184], entropy, new byte[length], new byte[32]));
            Assert.Throws<ArgumentException>(
                () => MlKem768.TryEncapsulate(new byte[1184], entropy, new byte[1088], new byte[length]));
            Assert.Throws<ArgumentException>(() => key.Decapsulate(new byte[length], new byte[32]));
            Assert.Throws<ArgumentException>(() => key.Decapsulate(new byte[1088], new byte[length]));
            Assert.Throws<ArgumentException>(() => key.WriteEncapsulationKey(new byte[length]));
            Assert.Throws<ArgumentException>(() => MlKem768PrivateKey.FromSeed(new byte[length]));
        }
    }

    [Fact]
    public void A_disposed_key_opens_nothing()
    {
        var key = MlKem768PrivateKey.FromSeed(Run(0, 64));
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Decapsulate(new byte[1088], new byte[32]));
    }
}
