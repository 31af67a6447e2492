using Karez.Crypto;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>The signing keys of one node process: an Ed25519 key made at start, and an ML-DSA-65 key if any.</summary>
public sealed class RealityIdentity : IDisposable
{
    private readonly Ed25519PrivateKey _key;
    private readonly MlDsa65PrivateKey? _mlDsaKey;

    /// <summary>Draws a fresh Ed25519 key.</summary>
    /// <param name="entropy">The source.</param>
    /// <param name="mlDsaSeed">32 octets from the node's key file, or nothing.</param>
    public RealityIdentity(IEntropy entropy, ReadOnlySpan<byte> mlDsaSeed)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        using var seed = new Secret(Ed25519.SeedSize);
        entropy.Fill(seed.Octets);
        _key = new Ed25519PrivateKey(seed.Octets);
        if (!mlDsaSeed.IsEmpty)
            _mlDsaKey = MlDsa65PrivateKey.FromSeed(mlDsaSeed);
    }

    /// <summary>The Ed25519 public key.</summary>
    public ReadOnlySpan<byte> PublicKey => _key.PublicKey;

    /// <summary>True when certificates carry an ML-DSA-65 signature.</summary>
    public bool HasMlDsa => _mlDsaKey is not null;

    /// <summary>Signs a CertificateVerify.</summary>
    /// <param name="octets">What RFC 8446 section 4.4.3 says.</param>
    /// <param name="signature">64 octets.</param>
    public void Sign(ReadOnlySpan<byte> octets, Span<byte> signature) => _key.Sign(octets, signature);

    /// <summary>Signs the certificate's ML-DSA input.</summary>
    /// <param name="octets">64 octets.</param>
    /// <param name="signature">3,309 octets.</param>
    public void SignMlDsa(ReadOnlySpan<byte> octets, Span<byte> signature)
    {
        if (_mlDsaKey is null)
            throw new InvalidOperationException("This node has no ML-DSA key.");
        _mlDsaKey.Sign(octets, signature);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _mlDsaKey?.Dispose();
    }
}
