using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Karez.Crypto;

/// <summary>
/// HMAC (RFC 2104) of a short text. With OpenSSL 3 the framework's looks its algorithm up each time, which takes four
/// times what the hash does; BouncyCastle's is a plain object.
/// </summary>
public static class Hmac
{
    /// <summary>Computes it.</summary>
    /// <param name="hash">SHA-256, SHA-384 or SHA-512.</param>
    /// <param name="key">Any length.</param>
    /// <param name="octets">The text.</param>
    /// <param name="destination">Room for the hash's length.</param>
    /// <returns>Octets written.</returns>
    public static int Compute(
        HashAlgorithmName hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> octets, Span<byte> destination)
    {
        IDigest digest = hash == HashAlgorithmName.SHA256 ? new Sha256Digest()
            : hash == HashAlgorithmName.SHA384 ? new Sha384Digest()
            : new Sha512Digest();
        var mac = new HMac(digest);
        mac.Init(new KeyParameter(key));
        mac.BlockUpdate(octets);
        return mac.DoFinal(destination);
    }
}
