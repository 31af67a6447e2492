using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Tests.Machines;

/// <summary>A server that says what it is told to, with keys, signature and Finished that fit it.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly RecordSealer _sealer = new();
    private readonly List<byte> _flight = [];
    private Transcript? _transcript;

    public ushort LegacyVersion { get; set; } = 0x0303;

    public byte[]? Random { get; set; }

    /// <summary>Null echoes the client's.</summary>
    public byte[]? SessionId { get; set; }

    public CipherSuite Suite { get; set; } = CipherSuite.Aes128GcmSha256;

    public byte Compression { get; set; }

    public ushort SelectedVersion { get; set; } = 0x0304;

    public NamedGroup Group { get; set; } = NamedGroup.X25519;

    /// <summary>Null is the true share.</summary>
    public byte[]? Share { get; set; }

    public List<(ushort Type, byte[] Body)> MoreHelloExtensions { get; } = [];

    public List<(ushort Type, byte[] Body)> EncryptedExtensions { get; } = [];

    public bool OmitsKeyShare { get; set; }

    public bool OmitsVersion { get; set; }

    /// <summary>Changes a message before it enters the transcript.</summary>
    public Func<HandshakeType, byte[], byte[]> Edit { get; set; } = (_, message) => message;

    /// <summary>Messages to say in place of a message.</summary>
    public Func<HandshakeType, byte[], byte[][]>? Replace { get; set; }

    /// <summary>Octets of handshake per record; 0: each message has its own, MaxValue: all in one.</summary>
    public int Chunk { get; set; }

    /// <summary>Total length that each encrypted record is padded to; 0 pads nothing.</summary>
    public int RecordLength { get; set; }

    /// <summary>Records put between ServerHello and the encrypted flight.</summary>
    public byte[] AfterHello { get; set; } = [20, 3, 3, 0, 1, 1];

    /// <summary>Whether an empty record under the application key follows Finished.</summary>
    public bool EarlyTicket { get; set; }

    public KeySchedule? Schedule { get; private set; }

    /// <summary>The whole flight that answers a hello.</summary>
    public byte[] Answer(byte[] clientHello)
    {
        Assert.True(ClientHelloView.TryParse(clientHello, out var client));
        var share = new byte[KeyShare.MaxShareSize];
        var secret = new byte[KeyShare.MaxSecretSize];
        Assert.True(client.TryGetKeyShare(NamedGroup.X25519, out var clientShare));
        Assert.True(KeyShare.TryRespond(
            NamedGroup.X25519, clientShare, new SeededEntropy(9), share, out var shareLength, secret, out var length));
        var suite = Suite.IsKnown() ? Suite : CipherSuite.Aes128GcmSha256;
        _transcript = new Transcript(suite);
        _transcript.Append(clientHello);
        var hello = Edit(HandshakeType.ServerHello, WriteHello(client, Share ?? share[..shareLength]));
        _transcript.Append(hello);
        _flight.AddRange([22, 3, 3, (byte)(hello.Length >> 8), (byte)hello.Length, .. hello, .. AfterHello]);

        Schedule = new KeySchedule(suite);
        Schedule.DeriveHandshake(secret.AsSpan(0, length), Hash());
        _sealer.Protect(suite, Schedule.ServerHandshake);
        List<byte[]> messages = [.. Say(HandshakeType.EncryptedExtensions, WriteEncryptedExtensions())];
        messages.AddRange(Say(HandshakeType.Certificate, Write(WriteCertificate)));
        messages.AddRange(Say(HandshakeType.CertificateVerify, Write(WriteCertificateVerify)));
        messages.AddRange(Say(HandshakeType.Finished, Write(WriteFinished)));
        Pack(messages);
        if (EarlyTicket)
        {
            Schedule.DeriveApplication(Hash());
            _sealer.Protect(suite, Schedule.ServerApplication);
            Seal([], ContentType.ApplicationData, 250);
        }

        return [.. _flight];
    }

    public void Dispose()
    {
        _sealer.Dispose();
        _transcript?.Dispose();
        Schedule?.Dispose();
    }

    private byte[][] Say(HandshakeType type, byte[] message)
    {
        byte[][] said = Replace?.Invoke(type, message) is { } others ? others : [Edit(type, message)];
        foreach (var one in said)
            _transcript!.Append(one); // Made in Answer, which calls this.
        return said;
    }

    private void Pack(List<byte[]> messages)
    {
        if (Chunk == 0)
        {
            foreach (var message in messages)
                Seal(message, ContentType.Handshake, RecordLength);
            return;
        }

        byte[] all = [.. messages.SelectMany(message => message)];
        foreach (var piece in all.Chunk(Math.Min(Chunk, RecordSealer.MaxPayload)))
            Seal(piece, ContentType.Handshake, RecordLength);
    }

    private void Seal(byte[] payload, ContentType type, int recordLength)
    {
        var buffer = new byte[RecordSealer.MaxRecord];
        payload.CopyTo(buffer, RecordSealer.Headroom);
        _flight.AddRange(buffer[.._sealer.Seal(buffer, RecordSealer.Headroom, payload.Length, type, recordLength)]);
    }

    private byte[] WriteHello(ClientHelloView client, byte[] share)
    {
        List<(ushort Type, byte[] Body)> extensions = [];
        if (!OmitsVersion)
            extensions.Add((ExtensionType.SupportedVersions, [(byte)(SelectedVersion >> 8), (byte)SelectedVersion]));
        if (!OmitsKeyShare)
        {
            extensions.Add((ExtensionType.KeyShare,
                [(byte)((ushort)Group >> 8), (byte)Group, (byte)(share.Length >> 8), (byte)share.Length, .. share]));
        }

        extensions.AddRange(MoreHelloExtensions);
        byte[] session = SessionId ?? client.SessionId.ToArray();
        byte[] body =
        [
            (byte)(LegacyVersion >> 8), (byte)LegacyVersion, .. Random ?? new byte[32],
            (byte)session.Length, .. session,
            (byte)((ushort)Suite >> 8), (byte)Suite, Compression, .. Block(extensions),
        ];
        return [2, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    private byte[] WriteEncryptedExtensions()
    {
        var body = Block(EncryptedExtensions);
        return [8, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    private static byte[] Block(List<(ushort Type, byte[] Body)> extensions)
    {
        byte[] block =
        [
            .. extensions.SelectMany(extension => (byte[])
            [
                (byte)(extension.Type >> 8), (byte)extension.Type, (byte)(extension.Body.Length >> 8),
                (byte)extension.Body.Length, .. extension.Body,
            ]),
        ];
        return [(byte)(block.Length >> 8), (byte)block.Length, .. block];
    }

    private void WriteCertificate(ref WireWriter writer) =>
        HandshakeWriter.WriteCertificate(ref writer, TestIdentity.OfEd25519.CertificateChain);

    private void WriteCertificateVerify(ref WireWriter writer)
    {
        var content = new byte[CertificateVerifyContent.MaxSize];
        var length = CertificateVerifyContent.WriteServer(Hash(), content);
        var signature = new byte[Ed25519.SignatureSize];
        TestIdentity.OfEd25519.Signer.TrySign(
            SignatureScheme.Ed25519, content.AsSpan(0, length), signature, out _);
        HandshakeWriter.WriteCertificateVerify(ref writer, SignatureScheme.Ed25519, signature);
    }

    private void WriteFinished(ref WireWriter writer)
    {
        var mac = new byte[48];
        var length = Schedule!.FinishedMac(Schedule.ServerHandshake, Hash(), mac); // Made in Answer.
        HandshakeWriter.WriteFinished(ref writer, mac.AsSpan(0, length));
    }

    private delegate void WriteMessage(ref WireWriter writer);

    private static byte[] Write(WriteMessage write)
    {
        var buffer = new byte[8192];
        var writer = new WireWriter(buffer);
        write(ref writer);
        return buffer[..writer.Written];
    }

    private byte[] Hash()
    {
        var hash = new byte[48];
        return hash[.._transcript!.CurrentHash(hash)]; // Made in Answer.
    }
}
