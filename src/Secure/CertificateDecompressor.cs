using System.IO.Compression;
using Karez.Tls.Certificates;
using ZstdSharp;

namespace Karez.Secure;

/// <summary>zlib and zstd for compressed certificates (RFC 8879): what browsers offer beside brotli.</summary>
/// <remarks>Memory is bounded by the destination, which the TLS machine bounds.</remarks>
public sealed class CertificateDecompressor : ICertificateDecompressor
{
    private const ushort Zlib = 1;
    private const ushort Zstd = 3;

    /// <inheritdoc/>
    public bool TryDecompress(ushort algorithm, ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        try
        {
            return algorithm switch
            {
                Zlib => TryZlib(compressed, destination),
                Zstd => TryZstd(compressed, destination),
                _ => false,
            };
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException)
        {
            return false; // Neither library says it any other way.
        }
    }

    private static bool TryZlib(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        using var source = new MemoryStream(compressed.ToArray(), writable: false);
        using var zlib = new ZLibStream(source, CompressionMode.Decompress);
        return zlib.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) == destination.Length
            && zlib.ReadByte() < 0
            && source.Position == source.Length;
    }

    private static bool TryZstd(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        using var zstd = new Decompressor();
        return zstd.Unwrap(compressed, destination) == destination.Length;
    }
}
