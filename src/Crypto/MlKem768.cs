using Karez.Wire;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;

namespace Karez.Crypto;

/// <summary>The sender's half of ML-KEM-768 (FIPS 203); <see cref="MlKem768PrivateKey"/> is the other.</summary>
public static class MlKem768
{
    /// <summary>Octets of an encapsulation key.</summary>
    public const int EncapsulationKeySize = 1184;

    /// <summary>Octets of a ciphertext.</summary>
    public const int CiphertextSize = 1088;

    /// <summary>Octets of a shared secret.</summary>
    public const int SharedSecretSize = 32;

    /// <summary>Octets of a key's seed, d and z one after the other.</summary>
    public const int SeedSize = 64;

    /// <summary>Makes a secret and its ciphertext for the holder of an encapsulation key.</summary>
    /// <param name="encapsulationKey">What the peer sent, of any length.</param>
    /// <param name="entropy">Gives the 32 octets that FIPS 203 calls m.</param>
    /// <param name="ciphertext">Room for exactly 1088 octets.</param>
    /// <param name="secret">Room for exactly 32 octets.</param>
    /// <returns>False when the key fails the checks of FIPS 203 section 7.2 (length, coefficients below q).</returns>
    /// <exception cref="ArgumentException">The ciphertext or the secret does not have its size.</exception>
    public static bool TryEncapsulate(
        ReadOnlySpan<byte> encapsulationKey, IEntropy entropy, Span<byte> ciphertext, Span<byte> secret)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        OctetLength.Require(ciphertext, CiphertextSize);
        OctetLength.Require(secret, SharedSecretSize);
        if (!IsWellFormed(encapsulationKey))
            return false;

        var key = MLKemPublicKeyParameters.FromEncoding(MLKemParameters.ml_kem_768, encapsulationKey.ToArray());
        var encapsulator = new MLKemEncapsulator(MLKemParameters.ml_kem_768);
        encapsulator.Init(new ParametersWithRandom(key, new BouncyEntropy(entropy)));
        encapsulator.Encapsulate(ciphertext, secret);
        return true;
    }

    // Two 12-bit coefficients in three octets, little end first (FIPS 203 section 4.2.1); the last 32 octets are rho.
    private static bool IsWellFormed(ReadOnlySpan<byte> encapsulationKey)
    {
        if (encapsulationKey.Length != EncapsulationKeySize)
            return false;
        for (var i = 0; i < EncapsulationKeySize - 32; i += 3)
        {
            var first = encapsulationKey[i] | ((encapsulationKey[i + 1] & 0x0F) << 8);
            var second = (encapsulationKey[i + 1] >> 4) | (encapsulationKey[i + 2] << 4);
            if (first >= Modulus || second >= Modulus)
                return false;
        }

        return true;
    }

    private const int Modulus = 3329;
}
