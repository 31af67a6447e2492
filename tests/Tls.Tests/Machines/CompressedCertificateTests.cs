using System.IO.Compression;
using Karez.Tls.Certificates;
using Karez.Tls.Messages;

namespace Karez.Tls.Tests.Machines;

public class CompressedCertificateTests
{
    [Fact]
    public void A_brotli_certificate_is_taken_where_brotli_is_offered()
    {
        using var server = new ScriptedServer { Replace = Compress(Brotli) };
        using var client = ServerFlightTests.Start(out var hello, new TestHello { CertificateCompression = [2] });
        Assert.Equal((TlsStatus.NeedDecision, TlsFault.None), ServerFlightTests.Feed(client, server.Answer(hello)));
        Assert.Equal(
            TestIdentity.OfEd25519.CertificateChain[0].ToArray(), client.Identity.CertificateChain[0].ToArray());
    }

    [Fact]
    public void An_algorithm_that_was_not_offered_is_refused()
    {
        using var server = new ScriptedServer { Replace = Compress(Brotli) };
        using var client = ServerFlightTests.Start(out var hello, new TestHello { CertificateCompression = [1] });
        Assert.Equal(
            (TlsStatus.Failed, TlsFault.UnofferedCertificateCompression),
            ServerFlightTests.Feed(client, server.Answer(hello)));
    }

    [Theory]
    [InlineData(1)] // one octet more than there is
    [InlineData(-1)] // one octet less
    [InlineData(int.MaxValue)] // the announced length is beyond the limit
    public void The_announced_length_has_to_be_the_true_one_and_bounded(int error)
    {
        var body = new byte[100];
        var announced = error == int.MaxValue ? CompressedCertificate.MaxLength + 1 : body.Length + error;
        var fault = CompressedCertificate.Decompress(Message(2, announced, Brotli(body)), [0, 2], null, out _);
        Assert.Equal(TlsFault.BadCertificateCompression, fault);
    }

    [Fact]
    public void A_bomb_costs_no_more_than_the_limit()
    {
        var bomb = Brotli(new byte[50_000_000]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = CompressedCertificate.Decompress(
            Message(2, CompressedCertificate.MaxLength, bomb), [0, 2], null, out _);
        Assert.Equal(TlsFault.BadCertificateCompression, fault);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * CompressedCertificate.MaxLength);
    }

    [Fact]
    public void What_is_not_brotli_goes_to_the_decompressor_that_came_with_the_offer()
    {
        byte[] compressed = [1, 2, 3];
        var message = Message(1, 10, compressed);
        Assert.Equal(
            TlsFault.BadCertificateCompression, CompressedCertificate.Decompress(message, [0, 1], null, out _));
        Assert.Equal(
            TlsFault.None,
            CompressedCertificate.Decompress(message, [0, 1], new Sevens(), out var certificate));
        Assert.Equal([11, 0, 0, 10, .. Enumerable.Repeat((byte)7, 10)], certificate);
    }

    [Fact]
    public void Octets_after_the_compressed_ones_are_refused()
    {
        byte[] compressed = [.. Brotli(new byte[100]), 0];
        Assert.Equal(
            TlsFault.BadCertificateCompression,
            CompressedCertificate.Decompress(Message(2, 100, compressed), [0, 2], null, out _));
    }

    private static Func<HandshakeType, byte[], byte[][]> Compress(Func<byte[], byte[]> compress) =>
        (type, message) => type == HandshakeType.Certificate
            ? [Message(2, message.Length - 4, compress(message[4..]))]
            : [message];

    private static byte[] Brotli(byte[] body)
    {
        var buffer = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length)];
        Assert.True(BrotliEncoder.TryCompress(body, buffer, out var length));
        return buffer[..length];
    }

    private static byte[] Message(ushort algorithm, int length, byte[] compressed)
    {
        var body = 2 + 3 + 3 + compressed.Length;
        return
        [
            25, 0, (byte)(body >> 8), (byte)body, (byte)(algorithm >> 8), (byte)algorithm,
            (byte)(length >> 16), (byte)(length >> 8), (byte)length,
            0, (byte)(compressed.Length >> 8), (byte)compressed.Length, .. compressed,
        ];
    }

    private sealed class Sevens : ICertificateDecompressor
    {
        public bool TryDecompress(ushort algorithm, ReadOnlySpan<byte> compressed, Span<byte> destination)
        {
            destination.Fill(7);
            return algorithm == 1 && compressed.Length == 3;
        }
    }
}
