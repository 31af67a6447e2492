using Karez.Tests;

namespace Karez.Crypto.Tests;

public class KeyShareTests
{
    [Theory]
    [InlineData(NamedGroup.X25519)]
    [InlineData(NamedGroup.X25519MLKEM768)]
    [InlineData(NamedGroup.Secp256r1)]
    [InlineData(NamedGroup.Secp384r1)]
    public void Both_sides_agree(NamedGroup group)
    {
        var entropy = new SeededEntropy(1);
        using var client = KeyShare.Generate(group, entropy);
        var share = new byte[KeyShare.MaxShareSize];
        var (ours, theirs) = (new byte[KeyShare.MaxSecretSize], new byte[KeyShare.MaxSecretSize]);
        Assert.True(KeyShare.TryRespond(
            group, client.PublicShare, entropy, share, out var shareLength, theirs, out var theirLength));
        Assert.True(client.TryComplete(share.AsSpan(0, shareLength), ours, out var ourLength));
        Assert.Equal(theirs[..theirLength], ours[..ourLength]);
        Assert.True(ourLength >= 32);
    }

    [Theory]
    [InlineData(NamedGroup.X25519)]
    [InlineData(NamedGroup.X25519MLKEM768)]
    [InlineData(NamedGroup.Secp256r1)]
    [InlineData(NamedGroup.Secp384r1)]
    public void A_malformed_share_is_refused(NamedGroup group)
    {
        var entropy = new SeededEntropy(2);
        using var client = KeyShare.Generate(group, entropy);
        var (share, secret) = (new byte[KeyShare.MaxShareSize], new byte[KeyShare.MaxSecretSize]);
        for (var length = 0; length < client.PublicShare.Length; length += 7)
        {
            Assert.False(client.TryComplete(share.AsSpan(0, length), secret, out _));
            Assert.False(KeyShare.TryRespond(
                group, client.PublicShare[..length], entropy, share, out _, secret, out _));
        }

        Assert.False(client.TryComplete(new byte[KeyShare.MaxShareSize], secret, out _));
    }

    [Fact]
    public void A_point_off_the_curve_is_refused()
    {
        using var client = KeyShare.Generate(NamedGroup.Secp256r1, new SeededEntropy(3));
        var point = client.PublicShare.ToArray();
        point[^1] ^= 1;
        Assert.False(client.TryComplete(point, new byte[KeyShare.MaxSecretSize], out _));
    }
}
