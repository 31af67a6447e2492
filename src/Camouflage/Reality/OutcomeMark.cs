using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Karez.Crypto;

namespace Karez.Camouflage.Reality;

/// <summary>
/// What a Karez node writes into its temporary certificate so that a client of ours knows that it can tell how a dial
/// went (docs/decisions/verdict.md). No length changes, and whoever looks only at the signature sees no difference.
/// </summary>
/// <remarks>
/// <code>
///  5 octets     = HKDF-SHA256(auth key, no salt, info = "karez tells outcomes")
///  serial       = 1 + octet 0 mod 127                      (other nodes: 0)
///  notAfter     = 2050-01-01 00:00:00 + octets 1-4 seconds (other nodes: 0001-01-01 00:00:00)
/// </code>
/// A foreign certificate wears it by chance once in 2^39 connections.
/// </remarks>
public static class OutcomeMark
{
    private const int TimeSize = 15; // GeneralizedTime: YYYYMMDDHHMMSSZ
    private const int FromSerialToNotAfter = 31;
    private static readonly DateTime s_from = new(2050, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Writes the mark into a certificate of <see cref="RealityCertificate.Write"/>.</summary>
    /// <param name="certificate">The whole certificate.</param>
    /// <param name="authKey">The key shared with this client (32 octets).</param>
    public static void Write(Span<byte> certificate, ReadOnlySpan<byte> authKey)
    {
        if (SerialOffset(certificate) is not (> 0 and var offset))
            return;
        Span<byte> time = stackalloc byte[TimeSize];
        certificate[offset] = Derive(authKey, time);
        time.CopyTo(certificate[(offset + FromSerialToNotAfter)..]);
    }

    /// <summary>Whether a certificate that was recognised wears the mark.</summary>
    /// <param name="certificate">The leaf, DER.</param>
    /// <param name="authKey">The key shared with the node.</param>
    public static bool IsOn(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> authKey)
    {
        if (SerialOffset(certificate) is not (> 0 and var offset))
            return false;
        Span<byte> time = stackalloc byte[TimeSize];
        return certificate[offset] == Derive(authKey, time)
            && certificate.Slice(offset + FromSerialToNotAfter, TimeSize).SequenceEqual(time);
    }

    /// <summary>Where the one octet of the serial number lies; 0 for a certificate of another length.</summary>
    private static int SerialOffset(ReadOnlySpan<byte> certificate) => certificate.Length switch
    {
        RealityCertificate.Size => 12,
        RealityCertificate.SizeWithMlDsa => 15,
        _ => 0,
    };

    private static byte Derive(ReadOnlySpan<byte> authKey, Span<byte> time)
    {
        Span<byte> octets = stackalloc byte[5];
        Hkdf.DeriveKey(HashAlgorithmName.SHA256, authKey, default, "karez tells outcomes"u8, octets);
        var notAfter = s_from.AddSeconds(BinaryPrimitives.ReadUInt32BigEndian(octets[1..]));
        _ = notAfter.TryFormat(time, out _, "yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture); // always 15 octets
        return (byte)(1 + (octets[0] % 127));
    }
}
