using static Karez.Crypto.Tests.Octets;

namespace Karez.Crypto.Tests;

public class Ed25519Tests
{
    [Theory] // RFC 8032 section 7.1, tests 1 to 3.
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Signs_and_verifies_as_rfc_8032_says(string seed, string publicKey, string message, string signature)
    {
        var ours = new byte[Ed25519.PublicKeySize];
        var signed = new byte[Ed25519.SignatureSize];
        Ed25519.DerivePublicKey(Hex(seed), ours);
        Ed25519.Sign(Hex(seed), Hex(message), signed);
        Assert.Equal(publicKey, Text(ours));
        Assert.Equal(signature, Text(signed));
        Assert.True(Ed25519.Verify(ours, Hex(message), signed));
    }

    [Fact] // The wire specification, 8.3.
    public void Derives_the_key_of_the_certificate_vector()
    {
        var ours = new byte[Ed25519.PublicKeySize];
        Ed25519.DerivePublicKey(Run(0xC0, 32), ours);
        Assert.Equal("dde3bccec7f3a66a1115f45d720f4dc135c3ae7c4e22dca38fdb1efd6a495ff8", Text(ours));
    }

    [Fact]
    public void Every_flipped_bit_of_signature_message_or_key_is_refused()
    {
        var publicKey = new byte[Ed25519.PublicKeySize];
        var signature = new byte[Ed25519.SignatureSize];
        var message = "a message"u8.ToArray();
        Ed25519.DerivePublicKey(Run(0, 32), publicKey);
        Ed25519.Sign(Run(0, 32), message, signature);
        foreach (var block in new[] { publicKey, message, signature })
        {
            for (var bit = 0; bit < block.Length * 8; bit++)
            {
                block[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Ed25519.Verify(publicKey, message, signature));
                block[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.True(Ed25519.Verify(publicKey, message, signature));
    }

    [Fact]
    public void Other_lengths_are_refused_and_a_wrong_block_of_ours_throws()
    {
        for (var length = 0; length <= 100; length++)
        {
            if (length != Ed25519.PublicKeySize)
            {
                Assert.False(Ed25519.Verify(Run(7, length), default, new byte[64]));
                Assert.Throws<ArgumentException>(() => Ed25519.Sign(new byte[length], default, new byte[64]));
                Assert.Throws<ArgumentException>(() => Ed25519.DerivePublicKey(new byte[length], new byte[32]));
                Assert.Throws<ArgumentException>(() => Ed25519.DerivePublicKey(new byte[32], new byte[length]));
            }

            if (length != Ed25519.SignatureSize)
            {
                Assert.False(Ed25519.Verify(new byte[32], default, Run(7, length)));
                Assert.Throws<ArgumentException>(() => Ed25519.Sign(new byte[32], default, new byte[length]));
            }
        }
    }

    [Fact]
    public void A_kept_key_signs_as_its_seed_does_until_it_is_disposed()
    {
        var key = new Ed25519PrivateKey(Run(0xC0, 32));
        var (kept, once) = (new byte[Ed25519.SignatureSize], new byte[Ed25519.SignatureSize]);
        for (var length = 0; length < 300; length += 13)
        {
            key.Sign(Run(0, length), kept);
            Ed25519.Sign(Run(0xC0, 32), Run(0, length), once);
            Assert.Equal(once, kept);
            Assert.True(Ed25519.Verify(key.PublicKey, Run(0, length), kept));
        }

        Assert.Throws<ArgumentException>(() => key.Sign([], new byte[63]));
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign([], kept));
        Assert.Throws<ArgumentException>(() => new Ed25519PrivateKey(new byte[31]));
    }
}
