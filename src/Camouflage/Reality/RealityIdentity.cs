using Karez.Crypto;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>The signing keys of one node process: an Ed25519 key made at start, and perhaps an ML-DSA-65 key.</summary>
public sealed class RealityIdentity : IDisposable
{
    private readonly Secret _seed = new(Ed25519.SeedSize);
    private readonly Secret? _mlDsaSeed;
    private readonly byte[] _publicKey = new byte[Ed25519.PublicKeySize];

    /// <summary>Draws a fresh Ed25519 key.</summary>
    /// <param name="entropy">The source.</param>
    /// <param name="mlDsaSeed">32 octets from the node's key file, or nothing.</param>
    public RealityIdentity(IEntropy entropy, ReadOnlySpan<byte> mlDsaSeed)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        entropy.Fill(_seed.Octets);
        Ed25519.DerivePublicKey(_seed.Octets, _publicKey);
        if (!mlDsaSeed.IsEmpty)
            _mlDsaSeed = new Secret(mlDsaSeed);
    }

    /// <summary>The Ed25519 public key.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>True when certificates carry an ML-DSA-65 signature.</summary>
    public bool HasMlDsa => _mlDsaSeed is not null;

    /// <summary>Signs a CertificateVerify.</summary>
    /// <param name="octets">What RFC 8446 section 4.4.3 says.</param>
    /// <param name="signature">64 octets.</param>
    public void Sign(ReadOnlySpan<byte> octets, Span<byte> signature) => Ed25519.Sign(_seed.Octets, octets, signature);

    /// <summary>Signs the certificate's ML-DSA input.</summary>
    /// <param name="octets">64 octets.</param>
    /// <param name="signature">3,309 octets.</param>
    public void SignMlDsa(ReadOnlySpan<byte> octets, Span<byte> signature)
    {
        if (_mlDsaSeed is null)
            throw new InvalidOperationException("This node has no ML-DSA key.");
        MlDsa65.Sign(_mlDsaSeed.Octets, octets, signature);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _seed.Dispose();
        _mlDsaSeed?.Dispose();
    }
}
