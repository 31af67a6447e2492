using Karez.Wire;

namespace Karez.Crypto;

/// <summary>An X25519 key share.</summary>
public sealed class X25519KeyShare : KeyShare
{
    private readonly Secret _privateKey;
    private readonly byte[] _publicKey = new byte[X25519.KeySize];

    /// <summary>Takes a private key of 32 octets.</summary>
    public X25519KeyShare(ReadOnlySpan<byte> privateKey)
    {
        _privateKey = new Secret(privateKey);
        X25519.DerivePublicKey(privateKey, _publicKey);
    }

    /// <inheritdoc/>
    public override NamedGroup Group => NamedGroup.X25519;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> PublicShare => _publicKey;

    /// <summary>The private key, for what else is sealed under it.</summary>
    public ReadOnlySpan<byte> PrivateKey => _privateKey.Octets;

    /// <summary>Draws a fresh share.</summary>
    public static X25519KeyShare Generate(IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        using var key = new Secret(X25519.KeySize);
        entropy.Fill(key.Octets);
        return new X25519KeyShare(key.Octets);
    }

    /// <inheritdoc/>
    public override bool TryComplete(ReadOnlySpan<byte> serverShare, Span<byte> secret, out int written)
    {
        written = X25519.KeySize;
        return X25519.TryAgree(_privateKey.Octets, serverShare, secret[..X25519.KeySize]);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _privateKey.Dispose();
}
