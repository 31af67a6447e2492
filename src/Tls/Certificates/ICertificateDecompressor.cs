namespace Karez.Tls.Certificates;

/// <summary>Decompresses certificates with algorithms that need a stream (RFC 8879); brotli is built in.</summary>
public interface ICertificateDecompressor
{
    /// <summary>Decompresses the whole input into exactly the whole destination.</summary>
    /// <param name="algorithm">1 zlib, 3 zstd.</param>
    /// <param name="compressed">The input.</param>
    /// <param name="destination">
    /// As long as the peer announced, at most <see cref="CompressedCertificate.MaxLength"/>.
    /// </param>
    /// <returns>False when the algorithm is not known, or the lengths do not come out even.</returns>
    bool TryDecompress(ushort algorithm, ReadOnlySpan<byte> compressed, Span<byte> destination);
}
