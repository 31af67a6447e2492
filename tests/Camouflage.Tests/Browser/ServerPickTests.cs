using System.IO.Compression;
using Karez.Camouflage.Browser;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;
using Karez.Tls.Messages;
using Karez.Tls.Tests.Machines;
using Karez.Wire;

namespace Karez.Camouflage.Tests.Browser;

/// <summary>What a server of somebody else may pick of a hello (docs/protocols/browser.md).</summary>
public class ServerPickTests
{
    private const string Chromium = "chromium-156";
    private const string Firefox = "firefox-153";

    [Fact]
    public void Application_settings_are_answered_with_empty_ones()
    {
        using var server = new PickyServer(TestIdentity.EcdsaP256);
        server.Extensions.Add((0x44CD, [1, 2, 3]));
        var messages = server.ReadSecondFlight(Accepted(Chromium, server));
        byte[] settings = [8, 0, 0, 6, 0, 4, 0x44, 0xCD, 0, 0];
        Assert.Equal(settings, messages[..10]);
        Assert.Equal(server.ExpectedFinished(settings), messages[10..]);
    }

    [Fact]
    public void The_servers_record_size_limit_is_kept()
    {
        using var server = new PickyServer(TestIdentity.EcdsaP256);
        server.Extensions.Add((ExtensionType.RecordSizeLimit, [0x10, 0]));
        Accepted(Firefox, server, out var session);
        using (session)
            Assert.Equal(4095, session.MaxPayload);
    }

    [Theory]
    [InlineData(Chromium)]
    [InlineData(Firefox)]
    public void Retry_configurations_of_ech_are_ignored(string profile)
    {
        using var server = new PickyServer(TestIdentity.EcdsaP256);
        server.Extensions.Add((ExtensionType.EncryptedClientHello, [0, 4, 0xFE, 0x0D, 0, 0]));
        Accepted(profile, server);
    }

    [Fact]
    public void Trust_anchors_of_the_server_are_ignored()
    {
        using var server = new PickyServer(TestIdentity.EcdsaP256);
        server.Extensions.Add((ExtensionType.TrustAnchors, [0, 4, 3, 1, 2, 3]));
        server.LeafExtensions.Add((ExtensionType.TrustAnchors, []));
        Accepted(Chromium, server);
    }

    [Theory]
    [InlineData(Chromium)]
    [InlineData(Firefox)]
    public void Certificate_timestamps_are_ignored(string profile)
    {
        using var server = new PickyServer(TestIdentity.EcdsaP256);
        server.LeafExtensions.Add((ExtensionType.SignedCertificateTimestamp, [0, 3, 0, 1, 0]));
        Accepted(profile, server);
    }

    [Fact]
    public void A_delegated_credential_is_refused()
    {
        using var server = new PickyServer(TestIdentity.EcdsaP256);
        server.LeafExtensions.Add((34, [0, 1, 2, 3]));
        Assert.Equal(TlsFault.MisplacedExtension, Refused(Firefox, server));
    }

    [Theory]
    [InlineData(Chromium, 2)]
    [InlineData(Firefox, 2)]
    [InlineData(Firefox, 1)]
    public void A_compressed_certificate_is_unpacked(string profile, ushort algorithm)
    {
        using var server = new PickyServer(TestIdentity.Rsa) { Compress = message => Compressed(message, algorithm) };
        Accepted(profile, server);
    }

    [Fact]
    public void A_compression_that_was_not_offered_is_refused()
    {
        using var server = new PickyServer(TestIdentity.Rsa) { Compress = message => Compressed(message, 1) };
        Assert.NotEqual(TlsFault.None, Refused(Chromium, server));
    }

    [Theory]
    [InlineData(0x0904)] // mldsa44
    [InlineData(0x0906)] // mldsa87
    [InlineData(0x0401)] // rsa_pkcs1_sha256
    public void A_signature_that_cannot_be_checked_is_refused(int scheme)
    {
        using var server = new PickyServer(TestIdentity.Rsa) { ClaimedScheme = (SignatureScheme)scheme };
        Assert.NotEqual(TlsFault.None, Refused(Chromium, server));
    }

    [Theory]
    [InlineData(ExtensionType.ExtendedMasterSecret)]
    [InlineData(ExtensionType.RenegotiationInfo)]
    [InlineData(ExtensionType.EcPointFormats)]
    [InlineData(ExtensionType.SessionTicket)]
    public void An_answer_to_what_means_nothing_in_tls13_is_refused(ushort type)
    {
        using var server = new PickyServer(TestIdentity.EcdsaP256);
        server.Extensions.Add((type, []));
        Assert.Equal(TlsFault.MisplacedExtension, Refused(Chromium, server));
    }

    [Theory]
    [InlineData(Chromium, "c02b")]
    [InlineData(Firefox, "c02b")]
    public void Tls_1_2_is_refused(string profile, string suite)
    {
        using var client = Start(profile, out var hello);
        byte[] body = [3, 3, .. Enumerable.Repeat((byte)7, 32), 0, .. Convert.FromHexString(suite), 0];
        Assert.Equal(TlsFault.SelectedOldVersion, Feed(client, ServerHello(body)));
        Assert.NotEmpty(hello);
    }

    [Theory]
    [InlineData("0019")] // secp521r1
    [InlineData("0100")] // ffdhe2048
    [InlineData("0101")] // ffdhe3072
    public void A_retry_with_a_group_that_only_Firefox_knows_is_refused(string group)
    {
        using var client = Start(Firefox, out var hello);
        byte[] retry =
        [
            3, 3, .. ServerHelloView.RetryRandom, 32, .. hello[44..76], 0x13, 1, 0,
            0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2, .. Convert.FromHexString(group),
        ];
        Assert.Equal(TlsFault.SelectedUnofferedGroup, Feed(client, ServerHello(retry)));
    }

    private static byte[] Accepted(string profile, PickyServer server)
    {
        var flight = Accepted(profile, server, out var session);
        session.Dispose();
        return flight;
    }

    private static byte[] Accepted(string profile, PickyServer server, out TlsSession session)
    {
        using var client = Start(profile, out var hello);
        var answer = server.Answer(hello);
        var output = new byte[4096];
        var status = client.Advance(answer, output, new Instant(1), out _, out var produced);
        Assert.Equal((TlsStatus.NeedDecision, TlsFault.None), (status, client.Fault));
        Assert.Equal(0, produced);
        client.Accept();
        Assert.Equal(TlsStatus.Done, client.Advance([], output, new Instant(1), out _, out produced));
        session = client.TakeSession();
        return output[..produced];
    }

    private static TlsFault Refused(string profile, PickyServer server)
    {
        using var client = Start(profile, out var hello);
        return Feed(client, server.Answer(hello));
    }

    private static TlsFault Feed(TlsClient client, byte[] answer)
    {
        var status = client.Advance(answer, new byte[4096], new Instant(1), out _, out var produced);
        Assert.Equal(TlsStatus.Failed, status);
        Assert.True(produced > 0); // An alert.
        return client.Fault;
    }

    private static TlsClient Start(string profile, out byte[] helloRecord)
    {
        Assert.True(BrowserProfile.TryGet(profile, out var found));
        var built = BrowserHello.Build(found!, "example.com", new SeededEntropy(4));
        var offer = new ClientOffer
        {
            Hello = built.Hello,
            KeyShares = built.KeyShares,
            Decompressor = new Zlib(),
        };
        var client = new TlsClient(offer, new SeededEntropy(6));
        var output = new byte[4096];
        client.Advance([], output, new Instant(1), out _, out var produced);
        helloRecord = output[..produced];
        return client;
    }

    private static byte[] ServerHello(byte[] body) =>
        [22, 3, 3, 0, (byte)(body.Length + 4), 2, 0, 0, (byte)body.Length, .. body];

    private static byte[] Compressed(byte[] message, ushort algorithm)
    {
        using var packed = new MemoryStream();
        using (Stream packer = algorithm == 2
            ? new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            packer.Write(message.AsSpan(4));
        var block = new byte[16 * 1024];
        var writer = new WireWriter(block);
        writer.WriteUInt8(25); // compressed_certificate, RFC 8879
        var body = writer.OpenVector24();
        writer.WriteUInt16(algorithm);
        writer.WriteUInt24(message.Length - 4);
        var inner = writer.OpenVector24();
        writer.WriteBytes(packed.ToArray());
        writer.Close(inner);
        writer.Close(body);
        return block[..writer.Written];
    }

    private sealed class Zlib : ICertificateDecompressor
    {
        public bool TryDecompress(ushort algorithm, ReadOnlySpan<byte> compressed, Span<byte> destination)
        {
            if (algorithm != 1)
                return false;
            using var unpacker = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
            var read = unpacker.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            return read == destination.Length && unpacker.ReadByte() < 0;
        }
    }
}
