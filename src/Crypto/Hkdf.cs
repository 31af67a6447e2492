using System.Security.Cryptography;
using Karez.Wire;

namespace Karez.Crypto;

/// <summary>HKDF (RFC 5869) and TLS 1.3's labelled form of it (RFC 8446 section 7.1).</summary>
public static class Hkdf
{
    /// <summary>Most octets of a label without its prefix; our limit, TLS 1.3 needs 12 and allows 249.</summary>
    public const int MaxLabelSize = 64;

    /// <summary>Most octets of a context; law (RFC 8446 section 7.1).</summary>
    public const int MaxContextSize = 255;

    /// <summary>HKDF-Extract.</summary>
    /// <param name="hash">SHA-256, SHA-384 or SHA-512.</param>
    /// <param name="inputKey">Input keying material.</param>
    /// <param name="salt">Salt; empty counts as zeros of the hash's length.</param>
    /// <param name="pseudorandomKey">Room for exactly the hash's length.</param>
    public static void Extract(
        HashAlgorithmName hash, ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> salt, Span<byte> pseudorandomKey) =>
        Hmac.Compute(hash, salt, inputKey, pseudorandomKey);

    /// <summary>HKDF-Expand-Label: fills the output from a secret, a label and a context.</summary>
    /// <param name="hash">SHA-256 or SHA-384.</param>
    /// <param name="secret">The secret of the schedule.</param>
    /// <param name="label">The label without its prefix "tls13 ".</param>
    /// <param name="context">The transcript's hash, or nothing.</param>
    /// <param name="output">Filled whole.</param>
    /// <exception cref="ArgumentException">The label or the context is longer than its limit.</exception>
    public static void ExpandLabel(
        HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context,
        Span<byte> output)
    {
        // struct { uint16 length; opaque label<7..255> = "tls13 " + Label; opaque context<0..255>; } HkdfLabel;
        Span<byte> buffer = stackalloc byte[2 + 1 + PrefixSize + MaxLabelSize + 1 + MaxContextSize + 1];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(label.Length, MaxLabelSize, nameof(label));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(context.Length, MaxContextSize, nameof(context));
        var info = new WireWriter(buffer);
        info.WriteUInt16((ushort)output.Length);
        info.WriteUInt8((byte)(PrefixSize + label.Length));
        info.WriteBytes("tls13 "u8);
        info.WriteBytes(label);
        info.WriteUInt8((byte)context.Length);
        info.WriteBytes(context);
        Expand(hash, secret, buffer, info.Written, output);
    }

    /// <summary>HKDF-Extract, then HKDF-Expand.</summary>
    /// <param name="hash">SHA-256, SHA-384 or SHA-512.</param>
    /// <param name="inputKey">Input keying material.</param>
    /// <param name="salt">Salt; empty counts as zeros of the hash's length.</param>
    /// <param name="info">What the key is for.</param>
    /// <param name="output">Filled whole.</param>
    public static void DeriveKey(
        HashAlgorithmName hash, ReadOnlySpan<byte> inputKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info,
        Span<byte> output)
    {
        Span<byte> key = stackalloc byte[HMACSHA512.HashSizeInBytes];
        key = key[..HashSize(hash)];
        Extract(hash, inputKey, salt, key);
        Span<byte> buffer = info.Length < MaxContextSize ? stackalloc byte[MaxContextSize] : new byte[info.Length + 1];
        info.CopyTo(buffer);
        Expand(hash, key, buffer, info.Length, output);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>
    /// HKDF-Expand. Up to the hash's length it is one HMAC: a handshake does that twenty times on each side.
    /// </summary>
    /// <param name="hash">The hash.</param>
    /// <param name="secret">The pseudorandom key.</param>
    /// <param name="buffer">Holds the info, and room for one octet behind it.</param>
    /// <param name="length">Octets of info.</param>
    /// <param name="output">Filled whole.</param>
    private static void Expand(
        HashAlgorithmName hash, ReadOnlySpan<byte> secret, Span<byte> buffer, int length, Span<byte> output)
    {
        Span<byte> block = stackalloc byte[HMACSHA512.HashSizeInBytes];
        if (output.Length > HashSize(hash))
        {
            HKDF.Expand(hash, secret, output, buffer[..length]);
            return;
        }

        buffer[length] = 1; // the first block's number
        Hmac.Compute(hash, secret, buffer[..(length + 1)], block);
        block[..output.Length].CopyTo(output);
        CryptographicOperations.ZeroMemory(block);
    }

    private static int HashSize(HashAlgorithmName hash) =>
        hash == HashAlgorithmName.SHA256 ? HMACSHA256.HashSizeInBytes
        : hash == HashAlgorithmName.SHA384 ? HMACSHA384.HashSizeInBytes
        : HMACSHA512.HashSizeInBytes;

    private const int PrefixSize = 6;
}
