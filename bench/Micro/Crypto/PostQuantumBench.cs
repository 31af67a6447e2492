using BenchmarkDotNet.Attributes;
using Karez.Crypto;
using Karez.Tests;

namespace Karez.Micro.Crypto;

/// <summary>ML-KEM-768 and ML-DSA-65, for which the managed library is the only one there is on OpenSSL 3.0.</summary>
public class PostQuantumBench
{
    private readonly SeededEntropy _entropy = new(3);
    private readonly byte[] _seed = new byte[MlKem768.SeedSize];
    private readonly byte[] _encapsulationKey = new byte[MlKem768.EncapsulationKeySize];
    private readonly byte[] _ciphertext = new byte[MlKem768.CiphertextSize];
    private readonly byte[] _secret = new byte[MlKem768.SharedSecretSize];
    private readonly byte[] _message = new byte[64];
    private readonly byte[] _signature = new byte[MlDsa65.SignatureSize];
    private readonly byte[] _public = new byte[MlDsa65.PublicKeySize];
    private MlKem768PrivateKey _key = null!; // Set before every run.

    [GlobalSetup]
    public void Draw()
    {
        _entropy.Fill(_seed);
        _key = MlKem768PrivateKey.FromSeed(_seed);
        _key.WriteEncapsulationKey(_encapsulationKey);
        MlKem768.TryEncapsulate(_encapsulationKey, _entropy, _ciphertext, _secret);
        MlDsa65.DerivePublicKey(_seed.AsSpan(0, MlDsa65.SeedSize), _public);
        MlDsa65.Sign(_seed.AsSpan(0, MlDsa65.SeedSize), _message, _signature);
    }

    [Benchmark]
    public void Ml_kem_768_key_from_seed() => MlKem768PrivateKey.FromSeed(_seed).Dispose();

    [Benchmark]
    public bool Ml_kem_768_encapsulate() =>
        MlKem768.TryEncapsulate(_encapsulationKey, _entropy, _ciphertext, _secret);

    [Benchmark]
    public void Ml_kem_768_decapsulate() => _key.Decapsulate(_ciphertext, _secret);

    [Benchmark]
    public void Ml_dsa_65_sign()
    {
        _message[0]++; // The time of one signature depends on its message; this walks over 256 of them.
        MlDsa65.Sign(_seed.AsSpan(0, MlDsa65.SeedSize), _message, _signature);
    }

    [Benchmark]
    public bool Ml_dsa_65_verify() => MlDsa65.Verify(_public, _message, _signature);
}
