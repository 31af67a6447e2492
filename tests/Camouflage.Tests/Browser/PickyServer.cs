using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Camouflage.Tests.Browser;

/// <summary>A server that answers one hello as it is told to, also where no server machine of ours would.</summary>
internal sealed class PickyServer(TlsServerOptions identity) : IDisposable
{
    private const CipherSuite Suite = CipherSuite.Aes128GcmSha256;

    private readonly KeySchedule _schedule = new(Suite);
    private readonly Transcript _transcript = new(Suite);

    /// <summary>Extensions of EncryptedExtensions: type and content.</summary>
    public List<(ushort Type, byte[] Body)> Extensions { get; } = [];

    /// <summary>Extensions of the leaf in Certificate.</summary>
    public List<(ushort Type, byte[] Body)> LeafExtensions { get; } = [];

    /// <summary>Turns the Certificate message into what is sent in its place.</summary>
    public Func<byte[], byte[]> Compress { get; set; } = message => message;

    /// <summary>The scheme that CertificateVerify names, instead of the one it was made with.</summary>
    public SignatureScheme? ClaimedScheme { get; set; }

    /// <summary>The records that answer a hello's record.</summary>
    public byte[] Answer(ReadOnlySpan<byte> helloRecord)
    {
        var hello = helloRecord[RecordOpener.HeaderLength..].ToArray();
        Assert.True(ClientHelloView.TryParse(hello, out var view));
        Assert.True(view.TryGetKeyShare(NamedGroup.X25519, out var share));
        var key = new byte[32];
        var secret = new byte[KeyShare.MaxSecretSize];
        Assert.True(KeyShare.TryRespond(
            NamedGroup.X25519, share, new SeededEntropy(9), key, out _, secret, out var secretLength));
        _transcript.Append(hello);
        var sessionId = view.SessionId.ToArray();
        var serverHello = Message((ref WireWriter writer) =>
            HandshakeWriter.WriteServerHello(ref writer, new byte[32], sessionId, Suite, NamedGroup.X25519, key));
        _schedule.DeriveHandshake(secret.AsSpan(0, secretLength), Hash());

        using var sealer = new RecordSealer();
        var records = new List<byte>(Sealed(sealer, serverHello));
        sealer.Protect(Suite, _schedule.ServerHandshake);
        records.AddRange(Sealed(sealer, EncryptedExtensions()));
        var certificate = Compress(Certificate());
        _transcript.Append(certificate);
        records.AddRange(Sealed(sealer, certificate));
        records.AddRange(Sealed(sealer, Message(WriteVerify)));
        records.AddRange(Sealed(sealer, Message(WriteFinished)));
        return [.. records];
    }

    /// <summary>The handshake messages of the client's second flight.</summary>
    public byte[] ReadSecondFlight(byte[] records)
    {
        using var opener = new RecordOpener();
        opener.Protect(Suite, _schedule.ClientHandshake);
        var messages = new List<byte>();
        for (var rest = records.AsSpan(); !rest.IsEmpty;)
        {
            Assert.Equal(RecordStatus.Done, opener.TryOpen(rest, out var record));
            if (record.Type == ContentType.Handshake)
                messages.AddRange(rest.Slice(record.Offset, record.Length));
            rest = rest[record.Consumed..];
        }

        return [.. messages];
    }

    /// <summary>The Finished that a client must send after these messages.</summary>
    public byte[] ExpectedFinished(ReadOnlySpan<byte> before)
    {
        _transcript.Append(before);
        var mac = new byte[32];
        _schedule.FinishedMac(_schedule.ClientHandshake, Hash(), mac);
        return [20, 0, 0, 32, .. mac];
    }

    public void Dispose()
    {
        _schedule.Dispose();
        _transcript.Dispose();
    }

    private delegate void Writing(ref WireWriter writer);

    private byte[] EncryptedExtensions() => Message((ref WireWriter writer) =>
    {
        writer.WriteUInt8((byte)HandshakeType.EncryptedExtensions);
        var message = writer.OpenVector24();
        WriteExtensions(ref writer, Extensions);
        writer.Close(message);
    });

    // Not in the transcript yet: what is sent in its place is.
    private byte[] Certificate()
    {
        var block = new byte[16 * 1024];
        var writer = new WireWriter(block);
        writer.WriteUInt8((byte)HandshakeType.Certificate);
        var message = writer.OpenVector24();
        writer.WriteUInt8(0);
        var list = writer.OpenVector24();
        var certificate = writer.OpenVector24();
        writer.WriteBytes(identity.CertificateChain[0].Span);
        writer.Close(certificate);
        WriteExtensions(ref writer, LeafExtensions);
        writer.Close(list);
        writer.Close(message);
        return block[..writer.Written];
    }

    private void WriteVerify(ref WireWriter writer)
    {
        var content = new byte[CertificateVerifyContent.MaxSize];
        var length = CertificateVerifyContent.WriteServer(Hash(), content);
        var signature = new byte[4096];
        var scheme = identity.Signer.Schemes[0];
        Assert.True(identity.Signer.TrySign(scheme, content.AsSpan(0, length), signature, out var written));
        HandshakeWriter.WriteCertificateVerify(ref writer, ClaimedScheme ?? scheme, signature.AsSpan(0, written));
    }

    private void WriteFinished(ref WireWriter writer)
    {
        var mac = new byte[32];
        _schedule.FinishedMac(_schedule.ServerHandshake, Hash(), mac);
        HandshakeWriter.WriteFinished(ref writer, mac);
    }

    private static void WriteExtensions(ref WireWriter writer, List<(ushort Type, byte[] Body)> extensions)
    {
        var block = writer.OpenVector16();
        foreach (var (type, content) in extensions)
        {
            writer.WriteUInt16(type);
            var body = writer.OpenVector16();
            writer.WriteBytes(content);
            writer.Close(body);
        }

        writer.Close(block);
    }

    private byte[] Message(Writing write)
    {
        var block = new byte[16 * 1024];
        var writer = new WireWriter(block);
        write(ref writer);
        Assert.False(writer.Overflowed);
        _transcript.Append(block.AsSpan(0, writer.Written));
        return block[..writer.Written];
    }

    private byte[] Hash()
    {
        var hash = new byte[32];
        _transcript.CurrentHash(hash);
        return hash;
    }

    private static byte[] Sealed(RecordSealer sealer, byte[] message)
    {
        var buffer = new byte[RecordSealer.MaxRecord];
        message.CopyTo(buffer.AsSpan(RecordSealer.Headroom));
        return buffer[..sealer.Seal(buffer, RecordSealer.Headroom, message.Length, ContentType.Handshake)];
    }
}
