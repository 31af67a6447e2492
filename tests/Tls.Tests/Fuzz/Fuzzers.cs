using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Tls.Tests.Machines;
using Karez.Wire;

namespace Karez.Tls.Tests.Fuzz;

/// <summary>
/// Entry points for a fuzzer: whatever the octets, nothing throws, nothing is used up twice, and a machine that failed
/// stays failed.
/// </summary>
internal static class Fuzzers
{
    private static readonly TestHello Hello = new()
    {
        Schemes = [SignatureScheme.Ed25519],
        CertificateCompression = [2],
    };

    private static readonly Secret Traffic = new(Enumerable.Repeat((byte)0x42, 32).ToArray());

    public delegate void Entry(ReadOnlySpan<byte> octets);

    public static Dictionary<string, Entry> All { get; } = new()
    {
        ["client-hello"] = ClientHello,
        ["server-hello"] = ServerHello,
        ["certificate"] = Certificate,
        ["compressed-certificate"] = Compressed,
        ["records"] = Records,
        ["server-records"] = ServerRecords,
        ["server-messages"] = ServerMessages,
        ["client-records"] = ClientRecords,
        ["session-messages"] = SessionMessages,
    };

    /// <summary>A ClientHello message.</summary>
    public static void ClientHello(ReadOnlySpan<byte> octets)
    {
        if (!ClientHelloView.TryParse(octets, out var view, out var fault))
        {
            Assert.NotEqual(TlsFault.None, fault);
            return;
        }

        var count = view.ServerName.Length + view.SupportedGroups.Length + view.SignatureAlgorithms.Length;
        foreach (var extension in view.Extensions)
            count += extension.Body.Length;
        foreach (var share in view.KeyShares)
            count += share.Share.Length;
        foreach (var name in view.Alpn)
            count += name.Length;
        Assert.InRange(count, 0, 8 * octets.Length);
        Assert.Equal(octets.Length, view.Message.Length);
    }

    /// <summary>A ServerHello message.</summary>
    public static void ServerHello(ReadOnlySpan<byte> octets)
    {
        if (ServerHelloView.TryParse(octets, out var view) && view.KeyShareOffset > 0)
            Assert.True(octets.Slice(view.KeyShareOffset, view.KeyShare.Length).SequenceEqual(view.KeyShare));
    }

    /// <summary>A certificate in DER, and a signature that it cannot have made.</summary>
    public static void Certificate(ReadOnlySpan<byte> octets)
    {
        var parsed = CertificateView.TryParse(octets, out var view);
        Assert.InRange(view.PublicKey.Length + view.Signature.Length, 0, parsed ? octets.Length : 0);
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
            Assert.NotEqual(TlsFault.None, SignatureVerifier.Verify(scheme, octets, "content"u8, new byte[64]));
    }

    /// <summary>A CompressedCertificate message.</summary>
    public static void Compressed(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < HandshakeReassembler.HeaderLength)
            return;
        var fault = CompressedCertificate.Decompress(octets, [0, 1, 0, 2, 0, 3], null, out var certificate);
        Assert.Equal(fault == TlsFault.None, certificate.Length > 0);
    }

    /// <summary>Records without and with protection; the first octet says how the rest arrives.</summary>
    public static void Records(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
            return;
        using var opener = new RecordOpener { InHandshake = (octets[0] & 1) == 0 };
        if ((octets[0] & 2) == 0)
            opener.Protect(CipherSuite.Aes128GcmSha256, Traffic);
        var rest = octets[1..].ToArray().AsSpan();
        while (opener.TryOpen(rest, out var record) == RecordStatus.Done)
        {
            Assert.InRange(record.Consumed, RecordOpener.HeaderLength, rest.Length);
            Assert.InRange(record.Offset + record.Length, 0, record.Consumed);
            rest = rest[record.Consumed..];
        }
    }

    /// <summary>All that a client receives, as records.</summary>
    public static void ServerRecords(ReadOnlySpan<byte> octets) => RunServerRecords(octets);

    /// <summary>As ServerRecords; says where the machine came to rest.</summary>
    public static TlsStatus RunServerRecords(ReadOnlySpan<byte> octets)
    {
        using var client = new TlsClient(Hello.Offer(new SeededEntropy(1)), new SeededEntropy(2));
        var output = new byte[4096];
        client.Advance([], output, default, out _, out _);
        return Drive(client.Advance, client.Accept, octets.ToArray(), output);
    }

    /// <summary>The messages of a server's encrypted flight: sealed here, so that changed ones come through.</summary>
    public static void ServerMessages(ReadOnlySpan<byte> octets) => RunServerMessages(octets);

    /// <summary>As ServerMessages; says where the machine came to rest.</summary>
    public static TlsStatus RunServerMessages(ReadOnlySpan<byte> octets)
    {
        using var server = new ScriptedServer { Chunk = int.MaxValue };
        byte[] messages = [.. octets];
        server.Replace = (type, _) => type == HandshakeType.EncryptedExtensions ? [messages] : [];
        using var client = new TlsClient(Hello.Offer(new SeededEntropy(1)), new SeededEntropy(2));
        var output = new byte[4096];
        client.Advance([], output, default, out _, out _);
        return Drive(client.Advance, client.Accept, server.Answer(Hello.Offer(new SeededEntropy(1)).Hello), output);
    }

    /// <summary>All that a server receives, as records.</summary>
    public static void ClientRecords(ReadOnlySpan<byte> octets) => RunClientRecords(octets);

    /// <summary>As ClientRecords; says where the machine came to rest.</summary>
    public static TlsStatus RunClientRecords(ReadOnlySpan<byte> octets)
    {
        using var server = new TlsServer(TestIdentity.OfEd25519, new SeededEntropy(3));
        return Drive(server.Advance, () => { }, octets.ToArray(), new byte[4096]);
    }

    /// <summary>The first octet cuts the rest into handshake records for an established client.</summary>
    public static void SessionMessages(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
            return;
        var (sealer, opener) = (new RecordSealer(), new RecordOpener());
        sealer.Protect(CipherSuite.Aes128GcmSha256, Traffic);
        opener.Protect(CipherSuite.Aes128GcmSha256, Traffic);
        using var session = new TlsSession(
            CipherSuite.Aes128GcmSha256, NamedGroup.X25519, opener, sealer, Traffic, Traffic, isClient: true, "h2",
            new Secret(new byte[32]));
        var buffer = new byte[RecordSealer.MaxRecord];
        foreach (var piece in octets[1..].ToArray().Chunk(octets[0] + 1))
        {
            piece.CopyTo(buffer, RecordSealer.Headroom);
            var length = sealer.Seal(buffer, RecordSealer.Headroom, piece.Length, ContentType.Handshake);
            var status = session.Open(buffer.AsSpan(0, length), out _, out _, out _);
            if (status == TlsReadStatus.Failed)
            {
                Assert.NotEqual(TlsFault.None, session.Fault);
                return;
            }

            session.TryTakePending(buffer, out _);
        }
    }

    private delegate TlsStatus AdvanceMachine(
        Span<byte> input, Span<byte> output, Instant now, out int consumed, out int produced);

    private static TlsStatus Drive(AdvanceMachine advance, Action accept, byte[] input, byte[] output)
    {
        var rest = input.AsSpan();
        for (var call = 0; call < 64; call++)
        {
            var status = advance(rest, output, default, out var consumed, out var produced);
            rest = rest[consumed..];
            Assert.InRange(produced, 0, output.Length);
            if (status == TlsStatus.NeedDecision)
                accept();
            else if (status != TlsStatus.NeedOutputSpace)
                return status;
        }

        throw new InvalidOperationException("The machine does not come to rest.");
    }
}
