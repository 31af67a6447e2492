using System.Buffers.Text;
using System.Security.Cryptography;
using Karez.Tests;
using static Karez.Crypto.Tests.Octets;

namespace Karez.Crypto.Tests;

public class MlDsa65Tests
{
    private static readonly byte[] _message = Hex(
        "5da52b8fd4e5aa43f2a9a609550bd9ba502ca854729376f2921fb14d3eed9541"
        + "1790403389f4fb62d80f119e6c85800a23f733066e4063413a77c295c62ce285");

    [Fact]
    public void Derives_the_key_of_the_vector()
    {
        var ours = new byte[MlDsa65.PublicKeySize];
        MlDsa65.DerivePublicKey(Run(0, 32), ours);
        Assert.Equal(Base64Url.DecodeFromChars(Vector("mldsa65_verify_key.b64url")), ours);
        Assert.Equal(
            "d666806e11cee19a7c989f7445f90dd419cf4d2d51db8c0fdb4c0f0a542238c9", Text(SHA256.HashData(ours)));
    }

    [Fact]
    public void Verifies_a_signature_made_elsewhere()
    {
        var publicKey = Base64Url.DecodeFromChars(Vector("mldsa65_verify_key.b64url"));
        var signature = Hex(Vector("mldsa65_sig.hex"));
        Assert.True(MlDsa65.Verify(publicKey, _message, signature));
        signature[1000] ^= 1;
        Assert.False(MlDsa65.Verify(publicKey, _message, signature));
    }

    [Fact]
    public void Signs_the_same_message_always_alike_and_so_that_it_verifies()
    {
        var publicKey = new byte[MlDsa65.PublicKeySize];
        var (first, second) = (new byte[MlDsa65.SignatureSize], new byte[MlDsa65.SignatureSize]);
        MlDsa65.DerivePublicKey(Run(9, 32), publicKey);
        MlDsa65.Sign(Run(9, 32), _message, first);
        MlDsa65.Sign(Run(9, 32), _message, second);
        Assert.Equal(first, second);
        Assert.True(MlDsa65.Verify(publicKey, _message, first));
        Assert.False(MlDsa65.Verify(publicKey, _message.AsSpan(1), first));
        publicKey[7] ^= 1;
        Assert.False(MlDsa65.Verify(publicKey, _message, first));
    }

    [Fact]
    public void Hostile_keys_and_signatures_are_refused_without_a_throw()
    {
        var entropy = new SeededEntropy(1);
        var publicKey = new byte[MlDsa65.PublicKeySize];
        var signature = new byte[MlDsa65.SignatureSize];
        for (var i = 0; i < 50; i++)
        {
            Assert.False(MlDsa65.Verify(publicKey, _message, signature));
            entropy.Fill(publicKey);
            entropy.Fill(signature);
        }

        // The hint at the end of a signature is the one part with structure: try every count in it.
        for (var count = 0; count < 256; count++)
        {
            signature.AsSpan(^6..).Fill((byte)count);
            Assert.False(MlDsa65.Verify(publicKey, _message, signature));
        }

        foreach (var length in new[] { 0, 1, 32, 1951, 1953, 3308, 3310 })
        {
            Assert.False(MlDsa65.Verify(new byte[length], _message, signature));
            Assert.False(MlDsa65.Verify(publicKey, _message, new byte[length]));
            Assert.Throws<ArgumentException>(() => MlDsa65.DerivePublicKey(Run(0, 32), new byte[length]));
            Assert.Throws<ArgumentException>(() => MlDsa65.Sign(Run(0, 32), _message, new byte[length]));
        }

        Assert.Throws<ArgumentException>(() => MlDsa65.Sign(Run(0, 31), _message, signature));
    }

    [Fact]
    public void A_kept_key_signs_as_its_seed_does_until_it_is_disposed()
    {
        var key = MlDsa65PrivateKey.FromSeed(Run(0, 32));
        var (kept, once) = (new byte[MlDsa65.SignatureSize], new byte[MlDsa65.SignatureSize]);
        key.Sign(_message, kept);
        MlDsa65.Sign(Run(0, 32), _message, once);
        Assert.Equal(once, kept);
        Assert.Throws<ArgumentException>(() => key.Sign(_message, new byte[3308]));
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(_message, kept));
        Assert.Throws<ArgumentException>(() => MlDsa65PrivateKey.FromSeed(new byte[33]));
    }
}
