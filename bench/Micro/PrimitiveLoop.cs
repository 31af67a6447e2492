using Karez.Crypto;
using Karez.Tests;
using NSec.Cryptography;
using Ed25519 = Karez.Crypto.Ed25519;
using X25519 = Karez.Crypto.X25519;
using BouncyX25519 = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace Karez.Micro;

/// <summary>
/// Asymmetric primitives side by side by processor time: rounds of all candidates in turn, the best round of each
/// counts, so that what else the machine does falls out. Runs in native code too.
/// </summary>
internal static class PrimitiveLoop
{
    private const int Rounds = 15;
    private static readonly TimeSpan _round = TimeSpan.FromMilliseconds(60);

    public static void Run()
    {
        var candidates = Candidates();
        var best = new double[candidates.Length];
        var garbage = new long[candidates.Length];
        Array.Fill(best, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < candidates.Length; i++)
            {
                var (microseconds, allocated) = Measure(candidates[i].Call);
                (best[i], garbage[i]) = (Math.Min(best[i], microseconds), allocated);
            }
        }

        Console.WriteLine($"| {"operation",-44} | {"us",7} | {"per s",8} | {"garbage B",9} |");
        Console.WriteLine($"|{new string('-', 46)}|--------:|---------:|----------:|");
        for (var i = 0; i < candidates.Length; i++)
        {
            Console.WriteLine(
                $"| {candidates[i].Name,-44} | {best[i],7:F1} | {1e6 / best[i],8:N0} | {garbage[i],9:N0} |");
        }
    }

    private static (double Microseconds, long Garbage) Measure(Action call)
    {
        var memory = GC.GetAllocatedBytesForCurrentThread();
        var start = Environment.CpuUsage.TotalTime;
        var (count, used) = (0, TimeSpan.Zero);
        while (used < _round)
        {
            for (var i = 0; i < 32; i++)
                call();
            count += 32;
            used = Environment.CpuUsage.TotalTime - start;
        }

        return (used.TotalMicroseconds / count, (GC.GetAllocatedBytesForCurrentThread() - memory) / count);
    }

    private static (string Name, Action Call)[] Candidates()
    {
        var entropy = new SeededEntropy(5);
        var (key, peer, result) = (new byte[32], new byte[32], new byte[32]);
        entropy.Fill(key);
        X25519.DerivePublicKey(key, peer);
        entropy.Fill(key);
        var kept = Key.Import(KeyAgreementAlgorithm.X25519, key, KeyBlobFormat.RawPrivateKey);

        var (message, signature, verifyKey) = (new byte[130], new byte[64], new byte[32]);
        Ed25519.DerivePublicKey(key, verifyKey);
        Ed25519.Sign(key, message, signature);
        var ed25519 = new Ed25519PrivateKey(key);
        var signer = Key.Import(SignatureAlgorithm.Ed25519, key, KeyBlobFormat.RawPrivateKey);

        var (seed, ek, ct) = (new byte[64], new byte[1184], new byte[1088]);
        entropy.Fill(seed);
        var mlKem = MlKem768PrivateKey.FromSeed(seed);
        mlKem.WriteEncapsulationKey(ek);
        MlKem768.TryEncapsulate(ek, entropy, ct, result);
        var (mlDsaKey, mlDsaSignature) = (new byte[MlDsa65.PublicKeySize], new byte[MlDsa65.SignatureSize]);
        var mlDsa = MlDsa65PrivateKey.FromSeed(key);
        mlDsa.WritePublicKey(mlDsaKey);
        MlDsa65.Sign(key, message, mlDsaSignature);

        return
        [
            ("X25519 agree, libcrypto", () => X25519.TryAgree(key, peer, result)),
            ("X25519 agree, BouncyCastle", () => BouncyX25519.CalculateAgreement(
                key.AsSpan(), peer.AsSpan(), result.AsSpan())),
            ("X25519 agree, NSec, key imported for it", () =>
            {
                using var imported = Key.Import(KeyAgreementAlgorithm.X25519, key, KeyBlobFormat.RawPrivateKey);
                Agree(imported, peer, result);
            }),
            ("X25519 agree, NSec, key kept", () => Agree(kept, peer, result)),
            ("X25519 public key, libcrypto", () => X25519.DerivePublicKey(key, result)),
            ("X25519 public key, BouncyCastle", () => BouncyX25519.GeneratePublicKey(key.AsSpan(), result.AsSpan())),
            ("X25519 public key, NSec", () =>
            {
                using var imported = Key.Import(KeyAgreementAlgorithm.X25519, key, KeyBlobFormat.RawPrivateKey);
                imported.PublicKey.TryExport(KeyBlobFormat.RawPublicKey, result, out _);
            }),
            ("Ed25519 sign, BouncyCastle, from the seed", () => Ed25519.Sign(key, message, signature)),
            ("Ed25519 sign, BouncyCastle, key kept", () => ed25519.Sign(message, signature)),
            ("Ed25519 sign, NSec, key kept", () => SignatureAlgorithm.Ed25519.Sign(signer, message, signature)),
            ("Ed25519 verify, BouncyCastle", () => Ed25519.Verify(verifyKey, message, signature)),
            ("Ed25519 verify, NSec", () => SignatureAlgorithm.Ed25519.Verify(
                PublicKey.Import(SignatureAlgorithm.Ed25519, verifyKey, KeyBlobFormat.RawPublicKey),
                message, signature)),
            ("ML-KEM-768 key from seed, BouncyCastle", () => MlKem768PrivateKey.FromSeed(seed).Dispose()),
            ("ML-KEM-768 encapsulate, BouncyCastle", () => MlKem768.TryEncapsulate(ek, entropy, ct, result)),
            ("ML-KEM-768 decapsulate, BouncyCastle", () => mlKem.Decapsulate(ct, result)),
            ("ML-DSA-65 sign, BouncyCastle, from the seed", () =>
            {
                message[0]++; // The time of one signature depends on its message; this walks over 256 of them.
                MlDsa65.Sign(key, message, mlDsaSignature);
            }),
            ("ML-DSA-65 sign, BouncyCastle, key kept", () =>
            {
                message[0]++;
                mlDsa.Sign(message, mlDsaSignature);
            }),
            ("ML-DSA-65 verify, BouncyCastle", () => MlDsa65.Verify(mlDsaKey, message, mlDsaSignature)),
        ];
    }

    private static void Agree(Key key, byte[] peer, byte[] result)
    {
        var imported = PublicKey.Import(KeyAgreementAlgorithm.X25519, peer, KeyBlobFormat.RawPublicKey);
        var parameters = new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        using var secret = KeyAgreementAlgorithm.X25519.Agree(key, imported, parameters)
            ?? throw new InvalidOperationException("The peer's key is drawn, it is not of small order.");
        secret.TryExport(SharedSecretBlobFormat.RawSharedSecret, result, out _);
    }
}
