using BenchmarkDotNet.Attributes;
using Karez.Tests;
using NSec.Cryptography;
using Bouncy = Org.BouncyCastle.Math.EC.Rfc7748.X25519;
using Ours = Karez.Crypto.X25519;

namespace Karez.Micro.Crypto;

/// <summary>One agreement with a private key that we drew ourselves, as every handshake needs at least two.</summary>
public class X25519Bench
{
    private readonly byte[] _private = new byte[32];
    private readonly byte[] _peer = new byte[32];
    private readonly byte[] _result = new byte[32];
    private Key _key = null!; // Set before every run.

    [GlobalSetup]
    public void Draw()
    {
        var entropy = new SeededEntropy(1);
        entropy.Fill(_peer);
        Ours.DerivePublicKey(_peer, _peer.AsSpan());
        entropy.Fill(_private);
        _key = Key.Import(KeyAgreementAlgorithm.X25519, _private, KeyBlobFormat.RawPrivateKey);
    }

    [Benchmark(Baseline = true)]
    public bool Libcrypto_agree() => Ours.TryAgree(_private, _peer, _result);

    [Benchmark]
    public void Libcrypto_public_key() => Ours.DerivePublicKey(_private, _result);

    [Benchmark]
    public bool BouncyCastle_agree() =>
        Bouncy.CalculateAgreement(_private.AsSpan(), _peer.AsSpan(), _result.AsSpan());

    [Benchmark]
    public void BouncyCastle_public_key() => Bouncy.GeneratePublicKey(_private.AsSpan(), _result.AsSpan());

    /// <summary>What REALITY's second use of an ephemeral key costs: octets in, octets out.</summary>
    [Benchmark]
    public int NSec_import_and_agree()
    {
        using var key = Key.Import(KeyAgreementAlgorithm.X25519, _private, KeyBlobFormat.RawPrivateKey);
        return Agree(key);
    }

    /// <summary>With a key kept as an object: the node's static key.</summary>
    [Benchmark]
    public int NSec_agree_with_a_kept_key() => Agree(_key);

    /// <summary>Import computes the public key whether it is asked for or not.</summary>
    [Benchmark]
    public int NSec_public_key()
    {
        using var key = Key.Import(KeyAgreementAlgorithm.X25519, _private, KeyBlobFormat.RawPrivateKey);
        return key.PublicKey.TryExport(KeyBlobFormat.RawPublicKey, _result, out var size) ? size : 0;
    }

    private int Agree(Key key)
    {
        var peer = PublicKey.Import(KeyAgreementAlgorithm.X25519, _peer, KeyBlobFormat.RawPublicKey);
        var parameters = new SharedSecretCreationParameters
        {
            ExportPolicy = KeyExportPolicies.AllowPlaintextExport,
        };
        using var secret = KeyAgreementAlgorithm.X25519.Agree(key, peer, parameters);
        return secret is not null && secret.TryExport(SharedSecretBlobFormat.RawSharedSecret, _result, out var size)
            ? size
            : 0;
    }
}
