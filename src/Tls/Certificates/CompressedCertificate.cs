using System.Buffers;
using System.IO.Compression;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Certificates;

/// <summary>Turns CompressedCertificate into the Certificate message it stands for (RFC 8879 section 4).</summary>
public static class CompressedCertificate
{
    /// <summary>
    /// The longest Certificate accepted, compressed or not. Our choice (RFC 8446 allows 2^24): real chains are below
    /// 10 KiB, a chain of four ML-DSA certificates is below 32 KiB, and a stranger may cost us only so much memory.
    /// </summary>
    public const int MaxLength = 128 * 1024;

    /// <summary>Algorithm number of brotli.</summary>
    public const ushort Brotli = 2;

    /// <summary>Reads the message and decompresses it.</summary>
    /// <param name="message">CompressedCertificate, header included.</param>
    /// <param name="offered">The hello's list of algorithms, two octets each.</param>
    /// <param name="decompressor">For what is not brotli; null knows nothing else.</param>
    /// <param name="certificate">The Certificate message, header included.</param>
    public static TlsFault Decompress(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> offered, ICertificateDecompressor? decompressor,
        out byte[] certificate)
    {
        certificate = [];
        var reader = new WireReader(message[HandshakeReassembler.HeaderLength..]);
        if (!reader.TryReadUInt16(out var algorithm) || !reader.TryReadUInt24(out var length)
            || !reader.TryReadVector24(out var compressed) || compressed.IsEmpty || reader.Remaining > 0)
            return TlsFault.MalformedMessage;
        if (!ClientHelloView.Contains16(offered, algorithm))
            return TlsFault.UnofferedCertificateCompression;
        if (length is 0 or > MaxLength)
            return TlsFault.BadCertificateCompression;

        var result = new byte[HandshakeReassembler.HeaderLength + length];
        var body = result.AsSpan(HandshakeReassembler.HeaderLength);
        var even = algorithm == Brotli
            ? TryBrotli(compressed, body)
            : decompressor is not null && decompressor.TryDecompress(algorithm, compressed, body);
        if (!even)
            return TlsFault.BadCertificateCompression;
        result[0] = (byte)HandshakeType.Certificate;
        result[1] = (byte)(length >> 16);
        result[2] = (byte)(length >> 8);
        result[3] = (byte)length;
        certificate = result;
        return TlsFault.None;
    }

    private static bool TryBrotli(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        using var decoder = new BrotliDecoder();
        var status = decoder.Decompress(compressed, destination, out var consumed, out var written);
        return status == OperationStatus.Done && consumed == compressed.Length && written == destination.Length;
    }
}
