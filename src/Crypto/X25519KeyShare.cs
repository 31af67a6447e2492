using System.Security.Cryptography;
using Karez.Wire;

namespace Karez.Crypto;

/// <summary>An X25519 key share whose private half can be used a second time, as REALITY does.</summary>
public sealed class X25519KeyShare : KeyShare
{
    private readonly Secret _privateKey;
    private readonly byte[] _publicKey = new byte[X25519.KeySize];

    /// <summary>Takes a private key; the octets are copied.</summary>
    /// <param name="privateKey">32 octets.</param>
    /// <exception cref="ArgumentException">The key does not have 32 octets.</exception>
    public X25519KeyShare(ReadOnlySpan<byte> privateKey)
        : base(NamedGroup.X25519)
    {
        X25519.DerivePublicKey(privateKey, _publicKey);
        _privateKey = new Secret(privateKey);
    }

    /// <summary>Takes the X25519 half of a hybrid share, whose public key is known already.</summary>
    public X25519KeyShare(HybridKeyShare hybrid)
        : base(NamedGroup.X25519)
    {
        ArgumentNullException.ThrowIfNull(hybrid);
        hybrid.PublicShare[MlKem768.EncapsulationKeySize..].CopyTo(_publicKey);
        _privateKey = new Secret(hybrid.X25519PrivateKey);
    }

    /// <summary>The private half, 32 octets; all zero after dispose.</summary>
    public ReadOnlySpan<byte> PrivateKey => _privateKey.Octets;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> PublicShare => _publicKey;

    /// <inheritdoc/>
    public override bool TryComplete(ReadOnlySpan<byte> serverShare, Span<byte> secret, out int written)
    {
        OctetLength.RequireRoom(secret, MaxSecretSize);
        var agreed = X25519.TryAgree(PrivateKey, serverShare, secret[..X25519.KeySize]);
        written = agreed ? X25519.KeySize : 0;
        return agreed;
    }

    internal static X25519KeyShare Draw(IEntropy entropy)
    {
        Span<byte> key = stackalloc byte[X25519.KeySize];
        entropy.Fill(key);
        var share = new X25519KeyShare(key);
        CryptographicOperations.ZeroMemory(key);
        return share;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _privateKey.Dispose();
}
