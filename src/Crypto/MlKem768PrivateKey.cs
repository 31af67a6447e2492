using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;

namespace Karez.Crypto;

/// <summary>The receiver's half of ML-KEM-768: a decapsulation key.</summary>
/// <remarks>BouncyCastle keeps the expanded key in arrays of its own, which <see cref="Dispose"/> lets go of but
/// cannot overwrite.</remarks>
public sealed class MlKem768PrivateKey : IDisposable
{
    private MLKemPrivateKeyParameters? _key;

    private MlKem768PrivateKey(MLKemPrivateKeyParameters key) => _key = key;

    private MLKemPrivateKeyParameters Key
    {
        get
        {
            ObjectDisposedException.ThrowIf(_key is null, this);
            return _key;
        }
    }

    /// <summary>Expands a key from its seed (FIPS 203, ML-KEM.KeyGen_internal).</summary>
    /// <param name="seed">64 octets: d, then z.</param>
    /// <exception cref="ArgumentException">The seed does not have 64 octets.</exception>
    public static MlKem768PrivateKey FromSeed(ReadOnlySpan<byte> seed)
    {
        OctetLength.Require(seed, MlKem768.SeedSize);
        var copy = seed.ToArray();
        var key = MLKemPrivateKeyParameters.FromSeed(MLKemParameters.ml_kem_768, copy);
        CryptographicOperations.ZeroMemory(copy);
        return new MlKem768PrivateKey(key);
    }

    /// <summary>Writes the encapsulation key.</summary>
    /// <param name="encapsulationKey">Room for exactly 1184 octets.</param>
    /// <exception cref="ArgumentException">The block does not have 1184 octets.</exception>
    public void WriteEncapsulationKey(Span<byte> encapsulationKey)
    {
        OctetLength.Require(encapsulationKey, MlKem768.EncapsulationKeySize);
        Key.GetPublicKeyEncoded().CopyTo(encapsulationKey);
    }

    /// <summary>Recovers the secret; of a ciphertext that was tampered with, an unpredictable one.</summary>
    /// <param name="ciphertext">Exactly 1088 octets.</param>
    /// <param name="secret">Room for exactly 32 octets.</param>
    /// <exception cref="ArgumentException">A block does not have its size.</exception>
    public void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        OctetLength.Require(ciphertext, MlKem768.CiphertextSize);
        OctetLength.Require(secret, MlKem768.SharedSecretSize);
        var decapsulator = new MLKemDecapsulator(MLKemParameters.ml_kem_768);
        decapsulator.Init(Key);
        decapsulator.Decapsulate(ciphertext, secret);
    }

    /// <summary>Lets go of the key.</summary>
    public void Dispose() => _key = null;
}
