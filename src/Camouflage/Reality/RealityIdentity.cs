using Karez.Crypto;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>
/// The signing keys of one node process: an Ed25519 key of its own, and an ML-DSA-65 key if any. Each is made when it
/// is first asked for. Members are for any thread, until it is disposed.
/// </summary>
public sealed class RealityIdentity : IDisposable
{
    private readonly Secret _mlDsaSeed;
    private readonly Lazy<Ed25519PrivateKey> _key;
    private readonly Lazy<MlDsa65PrivateKey> _mlDsaKey;

    /// <summary>Takes what the keys are made of; the octets are copied.</summary>
    /// <param name="entropy">The source of the Ed25519 key; for any thread.</param>
    /// <param name="mlDsaSeed">32 octets from the node's key file, or nothing.</param>
    public RealityIdentity(IEntropy entropy, ReadOnlySpan<byte> mlDsaSeed)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        _mlDsaSeed = new Secret(mlDsaSeed);
        _key = new Lazy<Ed25519PrivateKey>(() => Draw(entropy));
        _mlDsaKey = new Lazy<MlDsa65PrivateKey>(() => MlDsa65PrivateKey.FromSeed(_mlDsaSeed.Octets));
    }

    /// <summary>The Ed25519 public key.</summary>
    public ReadOnlySpan<byte> PublicKey => _key.Value.PublicKey;

    /// <summary>True when certificates carry an ML-DSA-65 signature.</summary>
    public bool HasMlDsa => _mlDsaSeed.Length > 0;

    /// <summary>Makes the keys, a millisecond's work with the tables of their curves.</summary>
    public void Prepare()
    {
        _ = _key.Value;
        if (HasMlDsa)
            _ = _mlDsaKey.Value;
    }

    /// <summary>Signs a CertificateVerify.</summary>
    /// <param name="octets">What RFC 8446 section 4.4.3 says.</param>
    /// <param name="signature">64 octets.</param>
    public void Sign(ReadOnlySpan<byte> octets, Span<byte> signature) => _key.Value.Sign(octets, signature);

    /// <summary>Signs the certificate's ML-DSA input.</summary>
    /// <param name="octets">64 octets.</param>
    /// <param name="signature">3,309 octets.</param>
    public void SignMlDsa(ReadOnlySpan<byte> octets, Span<byte> signature)
    {
        if (!HasMlDsa)
            throw new InvalidOperationException("This node has no ML-DSA key.");
        _mlDsaKey.Value.Sign(octets, signature);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_key.IsValueCreated)
            _key.Value.Dispose();
        if (_mlDsaKey.IsValueCreated)
            _mlDsaKey.Value.Dispose();
        _mlDsaSeed.Dispose();
    }

    private static Ed25519PrivateKey Draw(IEntropy entropy)
    {
        using var seed = new Secret(Ed25519.SeedSize);
        entropy.Fill(seed.Octets);
        return new Ed25519PrivateKey(seed.Octets);
    }
}
