using Karez.Wire;

namespace Karez.Crypto;

/// <summary>
/// An X25519MLKEM768 key share: ek || x25519 one way, ciphertext || x25519 the other (secret: ML-KEM first).
/// </summary>
public sealed class HybridKeyShare : KeyShare
{
    private readonly MlKem768PrivateKey _mlKem;
    private readonly X25519KeyShare _x25519;
    private readonly byte[] _share = new byte[MaxShareSize];

    /// <summary>Takes an ML-KEM seed d || z (64 octets) and an X25519 private key (32 octets).</summary>
    public HybridKeyShare(ReadOnlySpan<byte> mlKemSeed, ReadOnlySpan<byte> x25519PrivateKey)
    {
        _mlKem = MlKem768PrivateKey.FromSeed(mlKemSeed);
        _x25519 = new X25519KeyShare(x25519PrivateKey);
        _mlKem.WriteEncapsulationKey(_share);
        _x25519.PublicShare.CopyTo(_share.AsSpan(MlKem768.EncapsulationKeySize));
    }

    /// <inheritdoc/>
    public override NamedGroup Group => NamedGroup.X25519MLKEM768;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> PublicShare => _share;

    /// <summary>The private key of the X25519 half.</summary>
    public ReadOnlySpan<byte> X25519PrivateKey => _x25519.PrivateKey;

    /// <summary>Draws a fresh share; both halves are independent.</summary>
    public static HybridKeyShare Generate(IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        using var keys = new Secret(MlKem768.SeedSize + X25519.KeySize);
        entropy.Fill(keys.Octets);
        return new HybridKeyShare(keys.Octets[..MlKem768.SeedSize], keys.Octets[MlKem768.SeedSize..]);
    }

    /// <inheritdoc/>
    public override bool TryComplete(ReadOnlySpan<byte> serverShare, Span<byte> secret, out int written)
    {
        written = 0;
        if (serverShare.Length != MlKem768.CiphertextSize + X25519.KeySize)
            return false;
        _mlKem.Decapsulate(serverShare[..MlKem768.CiphertextSize], secret);
        if (!_x25519.TryComplete(
            serverShare[MlKem768.CiphertextSize..], secret[MlKem768.SharedSecretSize..], out var rest))
            return false;
        written = MlKem768.SharedSecretSize + rest;
        return true;
    }

    internal static bool TryRespond(
        ReadOnlySpan<byte> clientShare,
        IEntropy entropy,
        Span<byte> serverShare,
        out int shareLength,
        Span<byte> secret,
        out int secretLength)
    {
        (shareLength, secretLength) = (0, 0);
        if (clientShare.Length != MaxShareSize
            || !MlKem768.TryEncapsulate(clientShare[..MlKem768.EncapsulationKeySize], entropy, serverShare, secret))
            return false;
        using var own = X25519KeyShare.Generate(entropy);
        own.PublicShare.CopyTo(serverShare[MlKem768.CiphertextSize..]);
        if (!own.TryComplete(
                clientShare[MlKem768.EncapsulationKeySize..], secret[MlKem768.SharedSecretSize..], out var rest))
            return false;
        shareLength = MlKem768.CiphertextSize + X25519.KeySize;
        secretLength = MlKem768.SharedSecretSize + rest;
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _mlKem.Dispose();
        _x25519.Dispose();
    }
}
