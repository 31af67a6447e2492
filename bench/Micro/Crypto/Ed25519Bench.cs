using BenchmarkDotNet.Attributes;
using Karez.Crypto;
using Karez.Tests;
using NSec.Cryptography;
using Ours = Karez.Crypto.Ed25519;

namespace Karez.Micro.Crypto;

/// <summary>CertificateVerify: 130 octets signed by the node, verified by the client.</summary>
public class Ed25519Bench
{
    private readonly byte[] _seed = new byte[32];
    private readonly byte[] _public = new byte[32];
    private readonly byte[] _message = new byte[130];
    private readonly byte[] _signature = new byte[64];
    private Ed25519PrivateKey _ours = null!; // Set before every run.
    private Key _key = null!; // Set before every run.

    [GlobalSetup]
    public void Draw()
    {
        var entropy = new SeededEntropy(2);
        entropy.Fill(_seed);
        entropy.Fill(_message);
        Ours.DerivePublicKey(_seed, _public);
        Ours.Sign(_seed, _message, _signature);
        _ours = new Ed25519PrivateKey(_seed);
        _key = Key.Import(SignatureAlgorithm.Ed25519, _seed, KeyBlobFormat.RawPrivateKey);
    }

    [Benchmark(Baseline = true)]
    public void BouncyCastle_sign() => Ours.Sign(_seed, _message, _signature);

    [Benchmark]
    public void BouncyCastle_sign_with_a_kept_key() => _ours.Sign(_message, _signature);

    [Benchmark]
    public void NSec_sign_with_a_kept_key() => SignatureAlgorithm.Ed25519.Sign(_key, _message, _signature);

    [Benchmark]
    public bool BouncyCastle_verify() => Ours.Verify(_public, _message, _signature);

    [Benchmark]
    public bool NSec_verify()
    {
        var key = PublicKey.Import(SignatureAlgorithm.Ed25519, _public, KeyBlobFormat.RawPublicKey);
        return SignatureAlgorithm.Ed25519.Verify(key, _message, _signature);
    }
}
