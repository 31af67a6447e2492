using System.Security.Cryptography;
using CsCheck;
using Karez.Tests;

namespace Karez.Crypto.Tests;

public class CryptoProperties
{
    private static readonly Gen<byte[]> _key = Gen.Byte.Array[32];
    private static readonly Gen<AeadAlgorithm> _algorithm = OneOf<AeadAlgorithm>();
    private static readonly Gen<NamedGroup> _group = OneOf<NamedGroup>();

    [Fact]
    public void X25519_agreement_is_symmetric() =>
        Gen.Select(_key, _key).Sample((alice, bob) =>
        {
            var (a, b, ours, theirs) = (new byte[32], new byte[32], new byte[32], new byte[32]);
            X25519.DerivePublicKey(alice, a);
            X25519.DerivePublicKey(bob, b);
            return X25519.TryAgree(alice, b, ours) && X25519.TryAgree(bob, a, theirs) && ours.SequenceEqual(theirs);
        }, iter: 500);

    [Fact]
    public void X25519_takes_any_octets_for_a_peer_key_and_ignores_their_top_bit() =>
        Gen.Select(_key, _key).Sample((key, peer) =>
        {
            var (one, other) = (new byte[32], new byte[32]);
            var agreed = X25519.TryAgree(key, peer, one);
            peer[31] ^= 0x80;
            return X25519.TryAgree(key, peer, other) == agreed && (!agreed || one.SequenceEqual(other));
        }, iter: 500);

    [Fact]
    public void Ed25519_signatures_verify_and_no_other_message_does() =>
        Gen.Select(_key, Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 300]).Sample((seed, message, other) =>
        {
            using var key = new Ed25519PrivateKey(seed);
            var signature = new byte[Ed25519.SignatureSize];
            key.Sign(message, signature);
            return Ed25519.Verify(key.PublicKey, message, signature)
                && Ed25519.Verify(key.PublicKey, other, signature) == other.SequenceEqual(message);
        }, iter: 200);

    [Fact]
    public void Ed25519_verifies_no_octets_at_random() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Byte.Array[0, 40], Gen.Byte.Array[60, 68])
            .Sample((key, message, signature) => !Ed25519.Verify(key, message, signature), iter: 500);

    [Fact]
    public void What_is_sealed_opens_in_place_and_apart() =>
        Gen.Select(_algorithm, _key, Gen.Byte.Array[12], Gen.Byte.Array[0, 2000], Gen.Byte.Array[0, 40])
            .Sample((algorithm, key, nonce, plaintext, aad) =>
            {
                using var aead = Aead.Create(algorithm, key.AsSpan(0, Aead.KeySizeOf(algorithm)));
                var (apart, tag, inPlace, sameTag) =
                    (new byte[plaintext.Length], new byte[16], plaintext.ToArray(), new byte[16]);
                aead.Seal(nonce, plaintext, apart, tag, aad);
                aead.Seal(nonce, inPlace, inPlace, sameTag, aad);
                var sealedAlike = apart.SequenceEqual(inPlace) && tag.SequenceEqual(sameTag);
                var opened = new byte[plaintext.Length];
                return sealedAlike
                    && aead.TryOpen(nonce, apart, tag, opened, aad) && opened.SequenceEqual(plaintext)
                    && aead.TryOpen(nonce, inPlace, tag, inPlace, aad) && inPlace.SequenceEqual(plaintext);
            }, iter: 1000);

    [Fact]
    public void One_flipped_bit_of_anything_is_refused() =>
        Gen.Select(_algorithm, _key, Gen.Byte.Array[1, 200], Gen.Byte.Array[1, 40], Gen.Int[0, 3], Gen.Int[0, 1 << 20])
            .Sample((algorithm, key, plaintext, aad, part, bit) =>
            {
                using var aead = Aead.Create(algorithm, key.AsSpan(0, Aead.KeySizeOf(algorithm)));
                var (nonce, tag, ciphertext) = (new byte[12], new byte[16], new byte[plaintext.Length]);
                aead.Seal(nonce, plaintext, ciphertext, tag, aad);
                var struck = part switch { 0 => nonce, 1 => tag, 2 => ciphertext, _ => aad };
                bit %= struck.Length * 8;
                struck[bit / 8] ^= (byte)(1 << (bit % 8));
                var opened = plaintext.ToArray();
                return !aead.TryOpen(nonce, ciphertext, tag, opened, aad) && !opened.ContainsAnyExcept((byte)0);
            }, iter: 1000);

    [Fact]
    public void No_octets_for_a_share_throw() =>
        Gen.Select(_group, Gen.Int[-1, 1], Gen.ULong, Gen.Byte).Sample((group, off, seed, first) =>
        {
            var entropy = new SeededEntropy(seed);
            var (client, server) = group switch
            {
                NamedGroup.X25519 => (32, 32),
                NamedGroup.Secp256r1 => (65, 65),
                NamedGroup.Secp384r1 => (97, 97),
                _ => (1216, 1120),
            };
            var (offer, answer) = (new byte[client + off], new byte[server + off]);
            entropy.Fill(offer);
            entropy.Fill(answer);
            // Half of them as points are written, so that the curve is asked.
            offer[0] = answer[0] = (first & 1) == 0 ? (byte)4 : first;

            var (ours, secret) = (new byte[KeyShare.MaxShareSize], new byte[KeyShare.MaxSecretSize]);
            using var share = KeyShare.Generate(group, entropy);
            var responded = KeyShare.TryRespond(group, offer, entropy, ours, out var length, secret, out var size);
            var completed = share.TryComplete(answer, secret, out var written);
            Assert.Equal(responded, length > 0 && size > 0);
            Assert.Equal(completed, written > 0);
            Assert.True(off == 0 || !(responded || completed));
            // Random octets are a point of a NIST curve, or an encapsulation key below q, with negligible chance.
            Assert.True(group is NamedGroup.X25519 || !responded);
        }, iter: 400);

    [Fact]
    public void Labels_are_what_the_rfc_composes_by_hand() =>
        Gen.Select(_key, Gen.Byte.Array[0, Hkdf.MaxLabelSize], Gen.Byte.Array[0, 64], Gen.Int[1, 255])
            .Sample((secret, label, context, length) =>
            {
                var output = new byte[length];
                Hkdf.ExpandLabel(HashAlgorithmName.SHA256, secret, label, context, output);
                byte[] info =
                [
                    0, (byte)length, (byte)(6 + label.Length), .. "tls13 "u8, .. label,
                    (byte)context.Length, .. context,
                ];
                return HKDF.Expand(HashAlgorithmName.SHA256, secret, length, info).SequenceEqual(output);
            }, iter: 300);

    private static Gen<T> OneOf<T>()
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        return Gen.Int[0, values.Length - 1].Select(i => values[i]);
    }
}
