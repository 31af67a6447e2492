using System.Security.Cryptography;
using System.Text;
using Karez.Wire;

namespace Karez.Crypto;

/// <summary>HKDF (RFC 5869) and its TLS 1.3 labels (RFC 8446 section 7.1).</summary>
public static class Hkdf
{
    /// <summary>HKDF-Extract.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="ikm">Input keying material.</param>
    /// <param name="salt">Salt; empty means zeros.</param>
    /// <param name="prk">Receives one hash length.</param>
    public static void Extract(
        HashAlgorithmName hash, ReadOnlySpan<byte> ikm, ReadOnlySpan<byte> salt, Span<byte> prk) =>
        HKDF.Extract(hash, ikm, salt, prk);

    /// <summary>HKDF-Extract and HKDF-Expand.</summary>
    public static void DeriveKey(
        HashAlgorithmName hash,
        ReadOnlySpan<byte> ikm,
        ReadOnlySpan<byte> salt,
        ReadOnlySpan<byte> info,
        Span<byte> output) => HKDF.DeriveKey(hash, ikm, output, salt, info);

    /// <summary>HKDF-Expand-Label.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="secret">The pseudorandom key.</param>
    /// <param name="label">ASCII, without "tls13 ", at most 100 octets.</param>
    /// <param name="context">At most 255 octets.</param>
    /// <param name="output">Receives its whole length.</param>
    public static void ExpandLabel(
        HashAlgorithmName hash,
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<byte> label,
        ReadOnlySpan<byte> context,
        Span<byte> output)
    {
        Span<byte> info = stackalloc byte[368];
        var writer = new WireWriter(info);
        writer.WriteUInt16((ushort)output.Length);
        var labelVector = writer.OpenVector8();
        writer.WriteBytes("tls13 "u8);
        writer.WriteBytes(label);
        writer.Close(labelVector);
        var contextVector = writer.OpenVector8();
        writer.WriteBytes(context);
        writer.Close(contextVector);
        if (writer.Overflowed)
            throw new ArgumentException(
                $"Label {Encoding.ASCII.GetString(label)} or its context is too long.", nameof(label));
        HKDF.Expand(hash, secret, output, info[..writer.Written]);
    }
}
