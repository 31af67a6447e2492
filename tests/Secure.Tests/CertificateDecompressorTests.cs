using System.IO.Compression;
using Karez.Tls.Certificates;
using ZstdSharp;

namespace Karez.Secure.Tests;

public class CertificateDecompressorTests
{
    private static readonly byte[] Certificate = [.. Enumerable.Range(0, 4000).Select(i => (byte)(i * i / 7))];

    public static TheoryData<ushort> Algorithms => [1, 3];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void What_was_compressed_comes_back(ushort algorithm)
    {
        var destination = new byte[Certificate.Length];
        Assert.True(new CertificateDecompressor().TryDecompress(algorithm, Compress(algorithm), destination));
        Assert.Equal(Certificate, destination);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void The_length_has_to_be_the_announced_one(ushort algorithm)
    {
        var decompressor = new CertificateDecompressor();
        Assert.False(decompressor.TryDecompress(algorithm, Compress(algorithm), new byte[Certificate.Length - 1]));
        Assert.False(decompressor.TryDecompress(algorithm, Compress(algorithm), new byte[Certificate.Length + 1]));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void No_cut_and_no_changed_octet_does_harm(ushort algorithm)
    {
        var decompressor = new CertificateDecompressor();
        var compressed = Compress(algorithm);
        var destination = new byte[Certificate.Length];
        for (var at = 0; at < compressed.Length; at++)
        {
            // zlib's end mark and checksum are not missed by the framework: the content is all there then.
            Array.Clear(destination);
            if (decompressor.TryDecompress(algorithm, compressed.AsSpan(0, at), destination))
                Assert.Equal(Certificate, destination);
            byte[] changed = [.. compressed];
            changed[at] ^= 0x55;
            if (decompressor.TryDecompress(algorithm, changed, destination))
                Assert.Equal(Certificate.Length, destination.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_bomb_stops_at_the_announced_length(ushort algorithm)
    {
        var bomb = Compress(algorithm, new byte[30_000_000]);
        var destination = new byte[CompressedCertificate.MaxLength];
        var decompressor = new CertificateDecompressor();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(decompressor.TryDecompress(algorithm, bomb, destination));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void Brotli_and_unknown_algorithms_are_not_its_business()
    {
        Assert.False(new CertificateDecompressor().TryDecompress(2, Compress(1), new byte[Certificate.Length]));
        Assert.False(new CertificateDecompressor().TryDecompress(9, Compress(1), new byte[Certificate.Length]));
    }

    private static byte[] Compress(ushort algorithm, byte[]? content = null)
    {
        content ??= Certificate;
        if (algorithm == 3)
        {
            using var zstd = new Compressor();
            return zstd.Wrap(content).ToArray();
        }

        using var target = new MemoryStream();
        using (var zlib = new ZLibStream(target, CompressionLevel.Optimal))
            zlib.Write(content);
        return target.ToArray();
    }
}
