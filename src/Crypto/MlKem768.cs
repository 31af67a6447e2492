using Karez.Wire;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;

namespace Karez.Crypto;

/// <summary>ML-KEM-768, the encapsulating side (FIPS 203).</summary>
public static class MlKem768
{
    /// <summary>Length of an encapsulation key, in octets.</summary>
    public const int EncapsulationKeySize = 1184;

    /// <summary>Length of a ciphertext, in octets.</summary>
    public const int CiphertextSize = 1088;

    /// <summary>Length of the shared secret, in octets.</summary>
    public const int SharedSecretSize = 32;

    /// <summary>Length of the private seed d || z, in octets.</summary>
    public const int SeedSize = 64;

    /// <summary>Encapsulates a fresh secret; false when the key is malformed (FIPS 203 section 7.2).</summary>
    /// <param name="encapsulationKey">1,184 octets.</param>
    /// <param name="entropy">Where the secret comes from.</param>
    /// <param name="ciphertext">Receives 1,088 octets.</param>
    /// <param name="secret">Receives 32 octets.</param>
    public static bool TryEncapsulate(
        ReadOnlySpan<byte> encapsulationKey, IEntropy entropy, Span<byte> ciphertext, Span<byte> secret)
    {
        if (encapsulationKey.Length != EncapsulationKeySize)
            return false;
        MLKemPublicKeyParameters key;
        try
        {
            key = MLKemPublicKeyParameters.FromEncoding(MLKemParameters.ml_kem_768, encapsulationKey.ToArray());
        }
        catch (ArgumentException)
        {
            return false;
        }

        var encapsulator = new MLKemEncapsulator(MLKemParameters.ml_kem_768);
        encapsulator.Init(new ParametersWithRandom(key, new BouncyEntropy(entropy)));
        encapsulator.Encapsulate(ciphertext[..CiphertextSize], secret[..SharedSecretSize]);
        return true;
    }
}
