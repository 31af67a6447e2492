using Karez.Wire;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;

namespace Karez.Crypto;

/// <summary>ML-KEM-768, the side that owns the key (FIPS 203).</summary>
public sealed class MlKem768PrivateKey : IDisposable
{
    private readonly MLKemPrivateKeyParameters _key;
    private readonly byte[] _encapsulationKey;

    private MlKem768PrivateKey(MLKemPrivateKeyParameters key) =>
        (_key, _encapsulationKey) = (key, key.GetPublicKeyEncoded());

    /// <summary>The encapsulation key, 1,184 octets.</summary>
    public ReadOnlySpan<byte> EncapsulationKey => _encapsulationKey;

    /// <summary>Expands a seed d || z of 64 octets.</summary>
    public static MlKem768PrivateKey FromSeed(ReadOnlySpan<byte> seed) =>
        new(MLKemPrivateKeyParameters.FromSeed(MLKemParameters.ml_kem_768, seed.ToArray()));

    /// <summary>Draws a fresh key.</summary>
    public static MlKem768PrivateKey Generate(IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        using var seed = new Secret(MlKem768.SeedSize);
        entropy.Fill(seed.Octets);
        return FromSeed(seed.Octets);
    }

    /// <summary>Copies the encapsulation key (1,184 octets).</summary>
    public void WriteEncapsulationKey(Span<byte> destination) => _encapsulationKey.CopyTo(destination);

    /// <summary>Recovers the secret; a ciphertext of the right length always gives one (implicit rejection).</summary>
    /// <param name="ciphertext">1,088 octets.</param>
    /// <param name="secret">Receives 32 octets.</param>
    public void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        var decapsulator = new MLKemDecapsulator(MLKemParameters.ml_kem_768);
        decapsulator.Init(_key);
        decapsulator.Decapsulate(ciphertext, secret[..MlKem768.SharedSecretSize]);
    }

    /// <summary>BouncyCastle keeps the key in its own arrays; they go with the object.</summary>
    public void Dispose()
    {
    }
}
