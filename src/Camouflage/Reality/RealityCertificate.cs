using System.Security.Cryptography;
using Karez.Crypto;

namespace Karez.Camouflage.Reality;

/// <summary>The certificate a node makes for one connection, and how a client recognises it.</summary>
/// <remarks>
/// <code>
///  X.509 v3, serial 0, empty names, validity 0001-01-01, Ed25519 key          178 octets
///  (our nodes write an OutcomeMark over the serial and the end of the validity)
///  ... | public key 32 | [ OID 0.0: ML-DSA-65 signature 3309 ] | HMAC-SHA512(auth key, public key) 64
///                                                                       3509 octets with the extension
/// </code>
/// Source: XTLS/REALITY handshake_server_tls13.go at 9234c772, lines 74 to 165.
/// </remarks>
public static class RealityCertificate
{
    /// <summary>Length without the ML-DSA extension.</summary>
    public const int Size = 178;

    /// <summary>Length with it.</summary>
    public const int SizeWithMlDsa = 3509;

    private const int MacSize = 64;

    /// <summary>Writes the certificate for one connection.</summary>
    /// <param name="publicKey">The node process's Ed25519 public key (32 octets).</param>
    /// <param name="authKey">The key shared with this client (32 octets).</param>
    /// <param name="mlDsaSignature">3,309 octets, or nothing.</param>
    /// <param name="destination">At least <see cref="SizeWithMlDsa"/> or <see cref="Size"/> octets.</param>
    /// <returns>Octets written.</returns>
    public static int Write(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> authKey,
        ReadOnlySpan<byte> mlDsaSignature,
        Span<byte> destination)
    {
        var prefix = mlDsaSignature.IsEmpty ? Prefix : PrefixWithMlDsa;
        var length = 0;
        Append(prefix[..^KeyInfo.Length], destination, ref length);
        Append(KeyInfo, destination, ref length);
        Append(publicKey, destination, ref length);
        if (!mlDsaSignature.IsEmpty)
        {
            Append(Extension, destination, ref length);
            Append(mlDsaSignature, destination, ref length);
        }

        Append(Signature, destination, ref length);
        Hmac.Compute(HashAlgorithmName.SHA512, authKey, publicKey, destination.Slice(length, MacSize));
        return length + MacSize;
    }

    /// <summary>Writes the certificate and our mark on it.</summary>
    internal static void WriteMarked(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> authKey,
        ReadOnlySpan<byte> mlDsaSignature,
        Span<byte> certificate)
    {
        Write(publicKey, authKey, mlDsaSignature, certificate);
        OutcomeMark.Write(certificate, authKey);
    }

    /// <summary>The octets that the ML-DSA key signs.</summary>
    /// <param name="authKey">The key shared with this client.</param>
    /// <param name="publicKey">The Ed25519 public key of the certificate.</param>
    /// <param name="clientHello">The whole message, as sent.</param>
    /// <param name="serverHello">The whole message, with the node's own key share.</param>
    /// <param name="destination">64 octets.</param>
    public static void WriteMlDsaInput(
        ReadOnlySpan<byte> authKey,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> clientHello,
        ReadOnlySpan<byte> serverHello,
        Span<byte> destination)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, authKey);
        mac.AppendData(publicKey);
        mac.AppendData(clientHello);
        mac.AppendData(serverHello);
        mac.GetHashAndReset(destination);
    }

    /// <summary>Recognises the node's certificate; false means that someone else answered.</summary>
    /// <param name="certificate">The leaf, DER.</param>
    /// <param name="authKey">The key shared with the node.</param>
    /// <param name="mlDsaPublicKey">1,952 octets when the link asks for it, otherwise nothing.</param>
    /// <param name="clientHello">The whole message, as sent.</param>
    /// <param name="serverHello">The whole message, as received.</param>
    public static bool IsNodes(
        ReadOnlySpan<byte> certificate,
        ReadOnlySpan<byte> authKey,
        ReadOnlySpan<byte> mlDsaPublicKey,
        ReadOnlySpan<byte> clientHello,
        ReadOnlySpan<byte> serverHello)
    {
        if (certificate.Length <= MacSize)
            return false;
        var keyInfo = certificate.IndexOf(KeyInfo);
        if (keyInfo < 0 || certificate.Length - keyInfo - KeyInfo.Length < Ed25519.PublicKeySize + MacSize)
            return false;
        var publicKey = certificate.Slice(keyInfo + KeyInfo.Length, Ed25519.PublicKeySize);
        Span<byte> mac = stackalloc byte[MacSize];
        Hmac.Compute(HashAlgorithmName.SHA512, authKey, publicKey, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, certificate[^MacSize..]))
            return false;
        if (mlDsaPublicKey.IsEmpty)
            return true;

        // Xray's client looks at the first extension's value and at nothing else of the certificate, so a node may
        // write another serial, names, or further extensions. An octet string of that length is what we look for.
        var rest = certificate[(keyInfo + KeyInfo.Length + Ed25519.PublicKeySize)..];
        var signature = rest.IndexOf(SignatureHeader);
        if (signature < 0 || rest.Length - signature - SignatureHeader.Length < MlDsa65.SignatureSize)
            return false;
        WriteMlDsaInput(authKey, publicKey, clientHello, serverHello, mac);
        return MlDsa65.Verify(
            mlDsaPublicKey, mac, rest.Slice(signature + SignatureHeader.Length, MlDsa65.SignatureSize));
    }

    private static void Append(ReadOnlySpan<byte> part, Span<byte> destination, ref int length)
    {
        part.CopyTo(destination[length..]);
        length += part.Length;
    }

    // SEQUENCE { [0] 2, INTEGER 0, {1.3.101.112}, {}, { "00010101000000Z" twice }, {}, SubjectPublicKeyInfo ...
    private static ReadOnlySpan<byte> Prefix =>
    [
        0x30, 0x81, 0xAF, 0x30, 0x63, 0xA0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B,
        0x65, 0x70, 0x30, 0x00, 0x30, 0x22,
        0x18, 0x0F, 0x30, 0x30, 0x30, 0x31, 0x30, 0x31, 0x30, 0x31, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x5A,
        0x18, 0x0F, 0x30, 0x30, 0x30, 0x31, 0x30, 0x31, 0x30, 0x31, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x5A,
        0x30, 0x00, 0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];

    private static ReadOnlySpan<byte> PrefixWithMlDsa =>
    [
        0x30, 0x82, 0x0D, 0xB1, 0x30, 0x82, 0x0D, 0x63, 0xA0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x01, 0x00, 0x30, 0x05,
        0x06, 0x03, 0x2B, 0x65, 0x70, 0x30, 0x00, 0x30, 0x22,
        0x18, 0x0F, 0x30, 0x30, 0x30, 0x31, 0x30, 0x31, 0x30, 0x31, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x5A,
        0x18, 0x0F, 0x30, 0x30, 0x30, 0x31, 0x30, 0x31, 0x30, 0x31, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x5A,
        0x30, 0x00, 0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];

    // SubjectPublicKeyInfo of an Ed25519 key, up to the key itself.
    private static ReadOnlySpan<byte> KeyInfo =>
        [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];

    // [3] { SEQUENCE { SEQUENCE { OID 0.0, OCTET STRING (3309) } } }, up to the signature.
    private static ReadOnlySpan<byte> Extension =>
    [
        0xA3, 0x82, 0x0C, 0xFC, 0x30, 0x82, 0x0C, 0xF8, 0x30, 0x82, 0x0C, 0xF4, 0x06, 0x01, 0x00,
        0x04, 0x82, 0x0C, 0xED,
    ];

    // OCTET STRING (3309): how the extension's value begins.
    private static ReadOnlySpan<byte> SignatureHeader => [0x04, 0x82, 0x0C, 0xED];

    // { 1.3.101.112 }, BIT STRING of 64 octets, up to its octets.
    private static ReadOnlySpan<byte> Signature => [0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x41, 0x00];
}
