using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Karez.Crypto;

/// <summary>An ML-DSA-65 key that signs often: it is expanded from its seed once (FIPS 204).</summary>
/// <remarks>Any number of threads may sign at once. BouncyCastle keeps the expanded key in arrays of its own, which
/// <see cref="Dispose"/> lets go of but cannot overwrite.</remarks>
public sealed class MlDsa65PrivateKey : IDisposable
{
    private MLDsaPrivateKeyParameters? _key;

    private MlDsa65PrivateKey(MLDsaPrivateKeyParameters key) => _key = key;

    private MLDsaPrivateKeyParameters Key
    {
        get
        {
            ObjectDisposedException.ThrowIf(_key is null, this);
            return _key;
        }
    }

    /// <summary>Expands a key from its seed.</summary>
    /// <param name="seed">32 octets.</param>
    /// <exception cref="ArgumentException">The seed does not have 32 octets.</exception>
    public static MlDsa65PrivateKey FromSeed(ReadOnlySpan<byte> seed)
    {
        OctetLength.Require(seed, MlDsa65.SeedSize);
        var copy = seed.ToArray();
        var key = MLDsaPrivateKeyParameters.FromSeed(MLDsaParameters.ml_dsa_65, copy);
        CryptographicOperations.ZeroMemory(copy);
        return new MlDsa65PrivateKey(key);
    }

    /// <summary>Writes the public key.</summary>
    /// <param name="publicKey">Room for exactly 1952 octets.</param>
    /// <exception cref="ArgumentException">The block does not have 1952 octets.</exception>
    public void WritePublicKey(Span<byte> publicKey)
    {
        OctetLength.Require(publicKey, MlDsa65.PublicKeySize);
        Key.GetPublicKeyEncoded().CopyTo(publicKey);
    }

    /// <summary>Signs a message, always with the same signature (the deterministic variant).</summary>
    /// <param name="message">Any length.</param>
    /// <param name="signature">Room for exactly 3309 octets.</param>
    /// <exception cref="ArgumentException">The signature does not have 3309 octets.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        OctetLength.Require(signature, MlDsa65.SignatureSize);
        var signer = new MLDsaSigner(MLDsaParameters.ml_dsa_65, deterministic: true);
        signer.Init(forSigning: true, Key);
        signer.BlockUpdate(message);
        signer.GenerateSignature().CopyTo(signature);
    }

    /// <summary>Lets go of the key.</summary>
    public void Dispose() => _key = null;
}
