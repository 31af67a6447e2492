using CsCheck;
using Karez.Tests;
using static Karez.Crypto.Tests.Octets;
using Curve = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace Karez.Crypto.Tests;

[Collection(nameof(QuietProcess))]
public class X25519Tests
{
    [Theory] // RFC 7748 section 5.2; RFC 8448 section 3; the wire specification, 8.1.
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    [InlineData(
        "49af42ba7f7994852d713ef2784bcbcaa7911de26adc5642cb634540e7ea5005",
        "c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f",
        "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d")]
    [InlineData(
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        "79a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a",
        "dcd77236231add34de0561c47859a65d304f2a8550e8df98df053cf5dfabea0b")]
    [InlineData(
        "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf",
        "79a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a",
        "b52d6135428972abd805ef1a50a3ecd24feb7bb3c4643b462849a78ac7796e56")]
    public void Agrees_as_the_vectors_say(string privateKey, string peer, string secret)
    {
        var ours = new byte[X25519.KeySize];
        Assert.True(X25519.TryAgree(Hex(privateKey), Hex(peer), ours));
        Assert.Equal(secret, Text(ours));
    }

    [Theory] // RFC 7748 section 6.1; RFC 8448 section 3; the wire specification, 8.1.
    [InlineData(
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")]
    [InlineData(
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")]
    [InlineData(
        "b1580eeadf6dd589b8ef4f2d5652578cc810e9980191ec8d058308cea216a21e",
        "c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f")]
    [InlineData(
        "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        "79a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a")]
    public void Derives_the_public_keys_of_the_vectors(string privateKey, string publicKey)
    {
        var ours = new byte[X25519.KeySize];
        X25519.DerivePublicKey(Hex(privateKey), ours);
        Assert.Equal(publicKey, Text(ours));
    }

    [Fact] // RFC 7748 section 5.2.
    public void Holds_after_a_thousand_iterations()
    {
        byte[] k = [9, .. new byte[31]];
        byte[] u = [.. k];
        for (var i = 0; i < 1000; i++)
        {
            var next = new byte[X25519.KeySize];
            Assert.True(X25519.TryAgree(k, u, next));
            (k, u) = (next, k);
        }

        Assert.Equal("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", Text(k));
    }

    [Theory] // Every encoding of a point of small order: u = 0, 1, the two of order 8, -1, and p, p + 1.
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void Refuses_points_of_small_order_with_either_top_bit(string point)
    {
        var peer = Hex(point);
        Assert.False(X25519.TryAgree(Run(0x80, 32), peer, new byte[32]));
        peer[31] |= 0x80; // The function ignores this bit.
        Assert.False(X25519.TryAgree(Run(0x80, 32), peer, new byte[32]));
    }

    [Fact]
    public void A_peer_key_of_another_length_is_refused_and_a_wrong_block_of_ours_throws()
    {
        for (var length = 0; length <= 100; length++)
        {
            if (length == X25519.KeySize)
                continue;
            Assert.False(X25519.TryAgree(Run(1, 32), Run(9, length), new byte[32]));
            Assert.Throws<ArgumentException>(() => X25519.TryAgree(new byte[length], Run(9, 32), new byte[32]));
            Assert.Throws<ArgumentException>(() => X25519.TryAgree(Run(1, 32), Run(9, 32), new byte[length]));
            Assert.Throws<ArgumentException>(() => X25519.DerivePublicKey(new byte[length], new byte[32]));
            Assert.Throws<ArgumentException>(() => X25519.DerivePublicKey(new byte[32], new byte[length]));
        }
    }

    [Fact] // Nothing else would notice on which of the two a machine runs.
    public void Runs_on_the_systems_libcrypto_here() => Assert.True(Libcrypto.HasX25519);

    [Fact]
    public void Libcrypto_and_BouncyCastle_do_the_same() =>
        (from key in Gen.Byte.Array[X25519.KeySize]
         from peer in Gen.Byte.Array[X25519.KeySize]
         select (key, peer)).Sample((key, peer) =>
        {
            var (one, other) = (new byte[X25519.KeySize], new byte[X25519.KeySize]);
            Libcrypto.DerivePublicKey(key, one);
            Curve.GeneratePublicKey(key, other.AsSpan());
            Assert.Equal(one, other);
            Assert.Equal(
                Curve.CalculateAgreement(key, peer.AsSpan(), other.AsSpan()), Libcrypto.TryAgree(key, peer, one));
            Assert.Equal(one, other);
        }, iter: 2000);

    [Fact]
    public void Any_number_of_threads_agree_at_once_without_garbage_of_the_collectors()
    {
        var (peer, expected) = (new byte[X25519.KeySize], new byte[X25519.KeySize]);
        X25519.DerivePublicKey(Run(0x20, 32), peer);
        Assert.True(X25519.TryAgree(Run(0x80, 32), peer, expected));
        Parallel.For(0, 8, _ =>
        {
            Span<byte> secret = stackalloc byte[X25519.KeySize];
            var key = Run(0x80, 32);
            var refused = new byte[X25519.KeySize];
            X25519.TryAgree(key, peer, secret);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var agreed = true;
            for (var i = 0; i < 500; i++)
            {
                agreed &= X25519.TryAgree(key, peer, secret) && secret.SequenceEqual(expected);
                agreed &= !X25519.TryAgree(key, refused, secret);
                X25519.DerivePublicKey(key, secret);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(agreed);
        });
    }
}
