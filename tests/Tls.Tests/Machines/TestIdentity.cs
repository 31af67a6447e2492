using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Karez.Crypto;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;
using Karez.Wire;

namespace Karez.Tls.Tests.Machines;

/// <summary>Self-made certificates, made once.</summary>
internal static class TestIdentity
{
    private static readonly Secret Seed = new(Enumerable.Range(0xC0, 32).Select(octet => (byte)octet).ToArray());

    public static TlsServerOptions EcdsaP256 { get; } = Ecdsa(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256);

    public static TlsServerOptions EcdsaP384 { get; } = Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384);

    public static TlsServerOptions EcdsaP521 { get; } = Ecdsa(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512);

    public static TlsServerOptions Rsa { get; } = MakeRsa();

    public static TlsServerOptions OfEd25519 { get; } = MakeEd25519();

    public static TlsServerOptions OfMlDsa65 { get; } = MakeMlDsa65();

    public static TlsServerOptions Named(string name) => name switch
    {
        "p256" => EcdsaP256,
        "p384" => EcdsaP384,
        "p521" => EcdsaP521,
        "rsa" => Rsa,
        "ed25519" => OfEd25519,
        "mldsa65" => OfMlDsa65,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static TlsServerOptions Ecdsa(ECCurve curve, HashAlgorithmName hash)
    {
        var key = ECDsa.Create(curve);
        var request = new CertificateRequest("CN=example.com", key, hash);
        return Options(SelfSigned(request), KeySigner.Ecdsa(key));
    }

    private static TlsServerOptions MakeRsa()
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return Options(SelfSigned(request), KeySigner.Rsa(key));
    }

    private static TlsServerOptions MakeEd25519()
    {
        var publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.DerivePublicKey(Seed.Octets, publicKey);
        return Options(Minimal([0x06, 3, 0x2B, 0x65, 0x70], publicKey, new byte[64]), KeySigner.Ed25519(Seed));
    }

    private static TlsServerOptions MakeMlDsa65()
    {
        var publicKey = new byte[MlDsa65.PublicKeySize];
        MlDsa65.DerivePublicKey(Seed.Octets, publicKey);
        byte[] oid = [0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 0x12];
        return Options(Minimal(oid, publicKey, new byte[64]), KeySigner.MlDsa65(Seed));
    }

    /// <summary>An X.509 v3 certificate with empty names, year 0001, no extensions and any signature.</summary>
    public static byte[] Minimal(byte[] oid, byte[] publicKey, byte[] signature)
    {
        var algorithm = Der(0x30, oid);
        var time = Der(0x18, "00010101000000Z"u8.ToArray());
        byte[] tbs =
        [
            .. Der(0xA0, Der(0x02, [2])), .. Der(0x02, [0]), .. algorithm, .. Der(0x30, []),
            .. Der(0x30, [.. time, .. time]), .. Der(0x30, []),
            .. Der(0x30, [.. algorithm, .. Der(0x03, [0, .. publicKey])]),
        ];
        return Der(0x30, [.. Der(0x30, tbs), .. algorithm, .. Der(0x03, [0, .. signature])]);
    }

    public static byte[] Der(byte tag, byte[] content) => content.Length < 0x80
        ? [tag, (byte)content.Length, .. content]
        : content.Length < 0x100
            ? [tag, 0x81, (byte)content.Length, .. content]
            : [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static byte[] SelfSigned(CertificateRequest request)
    {
        using var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return certificate.RawData;
    }

    private static TlsServerOptions Options(byte[] certificate, ISigner signer) => new()
    {
        CertificateChain = [certificate],
        Signer = signer,
        Alpn = ["h2"],
    };
}
