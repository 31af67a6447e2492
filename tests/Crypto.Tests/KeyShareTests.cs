using Karez.Tests;
using static Karez.Crypto.Tests.Octets;

namespace Karez.Crypto.Tests;

public class KeyShareTests
{
    public static TheoryData<NamedGroup> Groups =>
        [NamedGroup.X25519, NamedGroup.Secp256r1, NamedGroup.Secp384r1, NamedGroup.X25519MLKEM768];

    [Theory]
    [InlineData(NamedGroup.X25519, 32, 32, 32)]
    [InlineData(NamedGroup.Secp256r1, 65, 65, 32)]
    [InlineData(NamedGroup.Secp384r1, 97, 97, 48)]
    [InlineData(NamedGroup.X25519MLKEM768, 1216, 1120, 64)]
    public void Both_sides_agree_in_the_sizes_of_the_group(NamedGroup group, int client, int server, int secretSize)
    {
        var entropy = new SeededEntropy((ulong)group);
        for (var i = 0; i < 20; i++)
        {
            using var share = KeyShare.Generate(group, entropy);
            Assert.Equal(group, share.Group);
            Assert.Equal(client, share.PublicShare.Length);
            var (answer, theirs) = (new byte[KeyShare.MaxShareSize], new byte[KeyShare.MaxSecretSize]);
            Assert.True(KeyShare.TryRespond(
                group, share.PublicShare, entropy, answer, out var shareLength, theirs, out var theirLength));
            var ours = new byte[KeyShare.MaxSecretSize];
            Assert.True(share.TryComplete(answer.AsSpan(0, shareLength), ours, out var ourLength));
            Assert.Equal((server, secretSize, secretSize), (shareLength, theirLength, ourLength));
            Assert.Equal(Text(theirs.AsSpan(0, theirLength)), Text(ours.AsSpan(0, ourLength)));
        }
    }

    [Theory] // RFC 5903 sections 8.1 and 8.2.
    [InlineData(
        NamedGroup.Secp256r1, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
        "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59a"
        + "b1f45b33accf5f58389e0577b8990bb3",
        "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6a"
        + "ac23f046ada30f8353e74f33039872ab",
        "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de")]
    [InlineData(
        NamedGroup.Secp384r1,
        "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194",
        "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa"
        + "9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
        "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571"
        + "dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
        "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746")]
    public void Agrees_on_the_nist_curves_as_rfc_5903_says(
        NamedGroup group, string scalar, string ours, string peer, string secret)
    {
        using var share = KeyShare.Generate(group, new FixedEntropy(Hex(scalar)));
        var agreed = new byte[KeyShare.MaxSecretSize];
        Assert.Equal("04" + ours, Text(share.PublicShare));
        Assert.True(share.TryComplete(Hex("04" + peer), agreed, out var written));
        Assert.Equal(secret, Text(agreed.AsSpan(0, written)));
    }

    [Theory]
    [InlineData(NamedGroup.Secp256r1, 32, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")]
    [InlineData(
        NamedGroup.Secp384r1, 48,
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973")]
    public void A_scalar_of_zero_or_of_the_order_is_drawn_again(NamedGroup group, int size, string order)
    {
        var entropy = new FixedEntropy([.. new byte[size], .. Hex(order), .. Run(1, size)]);
        using var share = KeyShare.Generate(group, entropy);
        using var expected = KeyShare.Generate(group, new FixedEntropy(Run(1, size)));
        Assert.Equal(0, entropy.Left);
        Assert.Equal(expected.PublicShare.ToArray(), share.PublicShare.ToArray());
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Shares_of_every_other_length_are_refused(NamedGroup group)
    {
        var entropy = new SeededEntropy((ulong)group);
        using var share = KeyShare.Generate(group, entropy);
        var (answer, secret) = (new byte[KeyShare.MaxShareSize], new byte[KeyShare.MaxSecretSize]);
        Assert.True(KeyShare.TryRespond(group, share.PublicShare, entropy, answer, out var right, secret, out _));
        for (var length = 0; length <= 1300; length++)
        {
            byte[] hostile = [.. answer.AsSpan(0, Math.Min(length, right)), .. new byte[Math.Max(0, length - right)]];
            Assert.Equal(length == right, share.TryComplete(hostile, secret, out var written));
            Assert.Equal(length == right, written > 0);
            if (length == share.PublicShare.Length)
                continue;
            Assert.False(KeyShare.TryRespond(group, new byte[length], entropy, answer.ToArray(), out _, secret, out _));
        }
    }

    [Theory]
    [InlineData(NamedGroup.Secp256r1, 32)]
    [InlineData(NamedGroup.Secp384r1, 48)]
    public void Points_off_the_curve_and_other_encodings_are_refused(NamedGroup group, int size)
    {
        var entropy = new SeededEntropy((ulong)group);
        using var share = KeyShare.Generate(group, entropy);
        using var peer = KeyShare.Generate(group, entropy);
        var secret = new byte[KeyShare.MaxSecretSize];
        var point = peer.PublicShare.ToArray();
        Assert.True(share.TryComplete(point, secret, out _));
        for (var bit = 0; bit < point.Length * 8; bit += 7)
        {
            var hostile = point.ToArray();
            hostile[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(share.TryComplete(hostile, secret, out var written));
            Assert.Equal(0, written);
        }

        Assert.False(share.TryComplete([4, .. new byte[2 * size]], secret, out _));
        Assert.False(share.TryComplete([4, .. Enumerable.Repeat((byte)0xFF, 2 * size)], secret, out _));
        Assert.False(share.TryComplete([(byte)(2 + (point[^1] & 1)), .. point.AsSpan(1, size)], secret, out _));
        Assert.False(share.TryComplete([(byte)(6 + (point[^1] & 1)), .. point.AsSpan(1)], secret, out _));
        Assert.False(share.TryComplete([0], secret, out _));
    }

    [Fact]
    public void A_small_order_point_in_either_half_of_a_hybrid_exchange_is_refused()
    {
        var entropy = new SeededEntropy(5);
        using var share = KeyShare.Generate(NamedGroup.X25519MLKEM768, entropy);
        var (answer, secret) = (new byte[KeyShare.MaxShareSize], new byte[KeyShare.MaxSecretSize]);
        var offer = share.PublicShare.ToArray();
        Assert.True(KeyShare.TryRespond(share.Group, offer, entropy, answer, out _, secret, out _));

        answer.AsSpan(MlKem768.CiphertextSize).Clear();
        Assert.False(share.TryComplete(answer, secret, out var written));
        Assert.Equal(0, written);

        offer.AsSpan(MlKem768.EncapsulationKeySize).Clear();
        Assert.False(KeyShare.TryRespond(
            share.Group, offer, entropy, answer, out var shareLength, secret, out var secretLength));
        Assert.Equal((0, 0), (shareLength, secretLength));
    }

    [Fact]
    public void Private_halves_are_given_out_for_a_second_use_and_zeroed_on_dispose()
    {
        var plain = new X25519KeyShare(Run(0x80, 32));
        var hybrid = new HybridKeyShare(Run(0, 64), Run(0xA0, 32));
        Assert.Equal(Run(0x80, 32), plain.PrivateKey.ToArray());
        Assert.Equal(Run(0xA0, 32), hybrid.X25519PrivateKey.ToArray());
        Assert.Equal("493e82fc74464a59268817623d2053c5eb8e2cc4a988b4fee179ec6b010d531d", Text(plain.PublicShare));
        plain.Dispose();
        hybrid.Dispose();
        Assert.Equal(new byte[32], plain.PrivateKey.ToArray());
        Assert.Equal(new byte[32], hybrid.X25519PrivateKey.ToArray());
    }

    [Fact]
    public void A_group_that_is_none_of_ours_is_refused_from_a_peer_and_throws_for_us()
    {
        var entropy = new SeededEntropy(6);
        var (answer, secret) = (new byte[KeyShare.MaxShareSize], new byte[KeyShare.MaxSecretSize]);
        foreach (var group in new ushort[] { 0, 0x0018 + 1, 0x001E, 0x0100, 0x2A2A, 0x11EB, 0x11ED, 0xFFFF })
        {
            Assert.False(KeyShare.TryRespond(
                (NamedGroup)group, new byte[32], entropy, answer, out _, secret, out _));
            Assert.Throws<ArgumentOutOfRangeException>(() => KeyShare.Generate((NamedGroup)group, entropy));
        }
    }

    [Fact]
    public void Too_little_room_throws()
    {
        var entropy = new SeededEntropy(7);
        using var share = KeyShare.Generate(NamedGroup.X25519, entropy);
        Assert.Throws<ArgumentException>(
            () => share.TryComplete(Run(9, 32), new byte[KeyShare.MaxSecretSize - 1], out _));
        Assert.Throws<ArgumentException>(() => KeyShare.TryRespond(
            NamedGroup.X25519, Run(9, 32), entropy, new byte[X25519.KeySize - 1], out _,
            new byte[KeyShare.MaxSecretSize], out _));
    }
}
