using System.Security.Cryptography;
using Karez.Wire;

namespace Karez.Crypto;

/// <summary>A client's X25519MLKEM768 key share; its X25519 half can be used a second time, as REALITY does.</summary>
public sealed class HybridKeyShare : KeyShare
{
    private const int ServerShareSize = MlKem768.CiphertextSize + X25519.KeySize;

    private readonly MlKem768PrivateKey _mlKem;
    private readonly Secret _x25519;
    private readonly byte[] _publicShare = new byte[MaxShareSize];

    /// <summary>Expands the two keys; the octets are copied.</summary>
    /// <param name="mlKemSeed">64 octets: d, then z.</param>
    /// <param name="x25519PrivateKey">32 octets.</param>
    /// <exception cref="ArgumentException">A block does not have its size.</exception>
    public HybridKeyShare(ReadOnlySpan<byte> mlKemSeed, ReadOnlySpan<byte> x25519PrivateKey)
        : base(NamedGroup.X25519MLKEM768)
    {
        X25519.DerivePublicKey(x25519PrivateKey, _publicShare.AsSpan(MlKem768.EncapsulationKeySize));
        _mlKem = MlKem768PrivateKey.FromSeed(mlKemSeed);
        _mlKem.WriteEncapsulationKey(_publicShare.AsSpan(0, MlKem768.EncapsulationKeySize));
        _x25519 = new Secret(x25519PrivateKey);
    }

    /// <summary>The private X25519 half, 32 octets; all zero after dispose.</summary>
    public ReadOnlySpan<byte> X25519PrivateKey => _x25519.Octets;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> PublicShare => _publicShare;

    /// <inheritdoc/>
    public override bool TryComplete(ReadOnlySpan<byte> serverShare, Span<byte> secret, out int written)
    {
        OctetLength.RequireRoom(secret, MaxSecretSize);
        written = 0;
        if (serverShare.Length != ServerShareSize)
            return false;
        var peer = serverShare[MlKem768.CiphertextSize..];
        if (!X25519.TryAgree(X25519PrivateKey, peer, secret.Slice(MlKem768.SharedSecretSize, X25519.KeySize)))
            return false;
        _mlKem.Decapsulate(serverShare[..MlKem768.CiphertextSize], secret[..MlKem768.SharedSecretSize]);
        written = MaxSecretSize;
        return true;
    }

    internal static HybridKeyShare Draw(IEntropy entropy)
    {
        Span<byte> keys = stackalloc byte[MlKem768.SeedSize + X25519.KeySize];
        entropy.Fill(keys);
        var share = new HybridKeyShare(keys[..MlKem768.SeedSize], keys[MlKem768.SeedSize..]);
        CryptographicOperations.ZeroMemory(keys);
        return share;
    }

    internal static bool TryRespond(
        ReadOnlySpan<byte> clientShare, IEntropy entropy, Span<byte> serverShare, out int shareLength,
        Span<byte> secret, out int secretLength)
    {
        shareLength = secretLength = 0;
        if (clientShare.Length != MaxShareSize)
            return false;
        OctetLength.RequireRoom(serverShare, ServerShareSize);

        Span<byte> ours = stackalloc byte[X25519.KeySize];
        entropy.Fill(ours);
        var peer = clientShare[MlKem768.EncapsulationKeySize..];
        var agreed = X25519.TryAgree(ours, peer, secret.Slice(MlKem768.SharedSecretSize, X25519.KeySize))
            && MlKem768.TryEncapsulate(
                clientShare[..MlKem768.EncapsulationKeySize], entropy, serverShare[..MlKem768.CiphertextSize],
                secret[..MlKem768.SharedSecretSize]);
        if (agreed)
        {
            X25519.DerivePublicKey(ours, serverShare.Slice(MlKem768.CiphertextSize, X25519.KeySize));
            (shareLength, secretLength) = (ServerShareSize, MaxSecretSize);
        }

        CryptographicOperations.ZeroMemory(ours);
        return agreed;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _mlKem.Dispose();
        _x25519.Dispose();
    }
}
