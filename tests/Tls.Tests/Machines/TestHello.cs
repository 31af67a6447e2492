using Karez.Crypto;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Tests.Machines;

/// <summary>Writes a plain ClientHello: what is not set here is not in it.</summary>
internal sealed record TestHello
{
    public string ServerName { get; init; } = "example.com";

    public int SessionIdLength { get; init; } = 32;

    public IReadOnlyList<CipherSuite> Suites { get; init; } =
        [CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256];

    public IReadOnlyList<NamedGroup> Groups { get; init; } =
        [NamedGroup.X25519, NamedGroup.Secp256r1, NamedGroup.Secp384r1, NamedGroup.X25519MLKEM768];

    public IReadOnlyList<NamedGroup> Shares { get; init; } = [NamedGroup.X25519];

    public IReadOnlyList<SignatureScheme> Schemes { get; init; } =
    [
        SignatureScheme.EcdsaSecp256r1Sha256, SignatureScheme.RsaPssRsaeSha256, SignatureScheme.EcdsaSecp384r1Sha384,
        SignatureScheme.RsaPssRsaeSha384, SignatureScheme.EcdsaSecp521r1Sha512, SignatureScheme.MlDsa65,
    ];

    public IReadOnlyList<string> Alpn { get; init; } = ["h2", "http/1.1"];

    public IReadOnlyList<ushort> CertificateCompression { get; init; } = [];

    public bool WithStapling { get; init; } = true;

    /// <summary>Further extensions, in front of key_share.</summary>
    public IReadOnlyList<(ushort Type, byte[] Body)> Extra { get; init; } = [];

    /// <summary>One extension behind all others.</summary>
    public (ushort Type, byte[] Body)? Last { get; init; }

    public ClientOffer Offer(IEntropy entropy, ResumptionTicket? ticket = null, bool acceptEd25519 = false)
    {
        var shares = Shares.Select(group => KeyShare.Generate(group, entropy)).ToList();
        return new ClientOffer
        {
            Hello = Write(entropy, shares),
            KeyShares = shares,
            Ticket = ticket,
            AcceptEd25519 = acceptEd25519,
        };
    }

    public byte[] Write(IEntropy entropy, IReadOnlyList<KeyShare> shares)
    {
        var buffer = new byte[8192];
        var writer = new WireWriter(buffer);
        var head = new byte[64];
        entropy.Fill(head);
        writer.WriteUInt8((byte)HandshakeType.ClientHello);
        var message = writer.OpenVector24();
        writer.WriteUInt16(0x0303);
        writer.WriteBytes(head.AsSpan(0, 32));
        writer.WriteUInt8((byte)SessionIdLength);
        writer.WriteBytes(head.AsSpan(32, SessionIdLength));
        writer.WriteUInt16((ushort)(2 * Suites.Count));
        foreach (var suite in Suites)
            writer.WriteUInt16((ushort)suite);
        writer.WriteUInt16(0x0100);
        var extensions = writer.OpenVector16();
        WriteName(ref writer);
        WriteList16(ref writer, ExtensionType.SupportedGroups, Groups.Select(group => (ushort)group));
        WriteList16(ref writer, ExtensionType.SignatureAlgorithms, Schemes.Select(scheme => (ushort)scheme));
        WriteAlpn(ref writer);
        if (WithStapling)
            WriteBody(ref writer, ExtensionType.StatusRequest, [1, 0, 0, 0, 0]);
        if (CertificateCompression.Count > 0)
        {
            WriteBody(
                ref writer, ExtensionType.CompressCertificate,
                [(byte)(2 * CertificateCompression.Count), .. CertificateCompression.SelectMany(
                    algorithm => new[] { (byte)(algorithm >> 8), (byte)algorithm })]);
        }

        foreach (var (type, body) in Extra)
            WriteBody(ref writer, type, body);
        WriteBody(ref writer, ExtensionType.SupportedVersions, [2, 3, 4]);
        WriteBody(ref writer, ExtensionType.PskKeyExchangeModes, [1, 1]);
        writer.WriteUInt16(ExtensionType.KeyShare);
        var shareBody = writer.OpenVector16();
        var list = writer.OpenVector16();
        foreach (var share in shares)
        {
            writer.WriteUInt16((ushort)share.Group);
            writer.WriteUInt16((ushort)share.PublicShare.Length);
            writer.WriteBytes(share.PublicShare);
        }

        writer.Close(list);
        writer.Close(shareBody);
        if (Last is { } last)
            WriteBody(ref writer, last.Type, last.Body);
        writer.Close(extensions);
        writer.Close(message);
        return buffer[..writer.Written];
    }

    private static void WriteBody(ref WireWriter writer, ushort type, scoped ReadOnlySpan<byte> body)
    {
        writer.WriteUInt16(type);
        writer.WriteUInt16((ushort)body.Length);
        writer.WriteBytes(body);
    }

    private static void WriteList16(ref WireWriter writer, ushort type, IEnumerable<ushort> values)
    {
        writer.WriteUInt16(type);
        var body = writer.OpenVector16();
        var list = writer.OpenVector16();
        foreach (var value in values)
            writer.WriteUInt16(value);
        writer.Close(list);
        writer.Close(body);
    }

    private void WriteName(ref WireWriter writer)
    {
        writer.WriteUInt16(ExtensionType.ServerName);
        var body = writer.OpenVector16();
        var list = writer.OpenVector16();
        writer.WriteUInt8(0);
        writer.WriteUInt16((ushort)ServerName.Length);
        writer.WriteBytes(System.Text.Encoding.ASCII.GetBytes(ServerName));
        writer.Close(list);
        writer.Close(body);
    }

    private void WriteAlpn(ref WireWriter writer)
    {
        if (Alpn.Count == 0)
            return;
        writer.WriteUInt16(ExtensionType.Alpn);
        var body = writer.OpenVector16();
        var list = writer.OpenVector16();
        foreach (var name in Alpn)
        {
            writer.WriteUInt8((byte)name.Length);
            writer.WriteBytes(System.Text.Encoding.ASCII.GetBytes(name));
        }

        writer.Close(list);
        writer.Close(body);
    }
}
