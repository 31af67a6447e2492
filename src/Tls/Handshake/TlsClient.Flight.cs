using System.Security.Cryptography;
using System.Text;
using Karez.Tls.Certificates;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <content>The server's encrypted flight, and ours.</content>
public sealed partial class TlsClient
{
    private const int MaxChain = 32; // Our choice; public chains have two to four certificates.
    private const int MinRecordSizeLimit = 64; // Law: RFC 8449 section 4.

    private byte[]? _requestContext;
    private ushort _applicationSettings;
    private int _maxPayload = RecordSealer.MaxPayload;

    private TlsFault ReadEncryptedExtensions(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message[HandshakeReassembler.HeaderLength..]);
        if (!reader.TryReadVector16(out var block) || reader.Remaining > 0)
            return TlsFault.MalformedMessage;
        if (!Extensions.TryParse(block, out var extensions, out var duplicate))
            return duplicate ? TlsFault.DuplicateExtension : TlsFault.MalformedMessage;
        var client = OwnHello();
        foreach (var extension in extensions)
        {
            var fault = CheckPlace(
                extension.Type, client, false,
                ExtensionType.ServerName, ExtensionType.MaxFragmentLength, ExtensionType.SupportedGroups,
                ExtensionType.UseSrtp, ExtensionType.Heartbeat, ExtensionType.Alpn,
                ExtensionType.ClientCertificateType, ExtensionType.ServerCertificateType,
                ExtensionType.RecordSizeLimit, ExtensionType.EarlyData, ExtensionType.ApplicationSettings,
                ExtensionType.ApplicationSettingsOld, ExtensionType.EncryptedClientHello, ExtensionType.TrustAnchors);
            if (fault == TlsFault.None)
                fault = ReadEncryptedExtension(extension, client);
            if (fault != TlsFault.None)
                return fault;
        }

        _transcript!.Append(message); // Made with ServerHello, as the schedule is.
        _state = _identity.Resumed ? State.ExpectFinished : State.ExpectCertificateOrRequest;
        return TlsFault.None;
    }

    private TlsFault ReadEncryptedExtension(Extensions.Extension extension, ClientHelloView client)
    {
        var reader = new WireReader(extension.Body);
        switch (extension.Type)
        {
            case ExtensionType.Alpn:
                if (!reader.TryReadVector16(out var list) || reader.Remaining > 0)
                    return TlsFault.MalformedMessage;
                var names = new WireReader(list);
                if (!names.TryReadVector8(out var name) || name.IsEmpty || names.Remaining > 0)
                    return TlsFault.MalformedMessage;
                if (!client.Alpn.Contains(name))
                    return TlsFault.SelectedUnofferedAlpn;
                _identity.Alpn = Encoding.Latin1.GetString(name);
                return TlsFault.None;
            case ExtensionType.ServerName:
                return reader.Remaining == 0 ? TlsFault.None : TlsFault.MalformedMessage;
            case ExtensionType.EarlyData:
                return TlsFault.AcceptedAbsentEarlyData;
            case ExtensionType.RecordSizeLimit:
                if (!reader.TryReadUInt16(out var limit) || reader.Remaining > 0)
                    return TlsFault.MalformedMessage;
                if (limit < MinRecordSizeLimit)
                    return TlsFault.InvalidRecordSizeLimit;
                _maxPayload = Math.Min(limit - 1, RecordSealer.MaxPayload); // It counts the content type.
                return TlsFault.None;
            case ExtensionType.ApplicationSettings or ExtensionType.ApplicationSettingsOld:
                _applicationSettings = extension.Type;
                return TlsFault.None;
            default:
                return TlsFault.None;
        }
    }

    /// <summary>A request for a certificate is answered with none (section 4.4.2).</summary>
    private TlsFault ReadCertificateRequest(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message[HandshakeReassembler.HeaderLength..]);
        if (!reader.TryReadVector8(out var context) || !reader.TryReadVector16(out var block) || reader.Remaining > 0)
            return TlsFault.MalformedMessage;
        if (!Extensions.TryParse(block, out var extensions, out var duplicate))
            return duplicate ? TlsFault.DuplicateExtension : TlsFault.MalformedMessage;
        if (!extensions.Contains(ExtensionType.SignatureAlgorithms))
            return TlsFault.MissingExtension;
        if (!context.IsEmpty)
            return TlsFault.MisplacedRequestContext;
        _requestContext = context.ToArray();
        _transcript!.Append(message);
        _state = State.ExpectCertificate;
        return TlsFault.None;
    }

    private TlsFault ReadCompressedCertificate(ReadOnlySpan<byte> message)
    {
        var client = OwnHello();
        if (!client.TryGetExtension(ExtensionType.CompressCertificate, out var body))
            return TlsFault.UnexpectedMessage;
        var fault = CompressedCertificate.Decompress(
            message, body.IsEmpty ? body : body[1..], _offer.Decompressor, out var certificate);
        return fault != TlsFault.None ? fault : ReadCertificate(certificate, message);
    }

    /// <param name="message">The Certificate message.</param>
    /// <param name="received">What came in its place and counts in the transcript.</param>
    private TlsFault ReadCertificate(ReadOnlySpan<byte> message, ReadOnlySpan<byte> received)
    {
        var client = OwnHello();
        var reader = new WireReader(message[HandshakeReassembler.HeaderLength..]);
        if (!reader.TryReadVector8(out var context) || !reader.TryReadVector24(out var list) || reader.Remaining > 0)
            return TlsFault.MalformedMessage;
        if (!context.IsEmpty)
            return TlsFault.MisplacedRequestContext;
        var chain = new List<ReadOnlyMemory<byte>>(4);
        var entries = new WireReader(list);
        while (entries.Remaining > 0)
        {
            if (!entries.TryReadVector24(out var certificate) || certificate.IsEmpty
                || !entries.TryReadVector16(out var block))
                return TlsFault.MalformedMessage;
            if (chain.Count == MaxChain)
                return TlsFault.MalformedCertificate;
            var fault = ReadEntryExtensions(block, client, isLeaf: chain.Count == 0);
            if (fault != TlsFault.None)
                return fault;
            chain.Add(certificate.ToArray());
        }

        if (chain.Count == 0)
            return TlsFault.EmptyCertificateChain;
        _identity.CertificateChain = chain;
        _transcript!.Append(received);
        _state = State.ExpectCertificateVerify;
        return TlsFault.None;
    }

    private TlsFault ReadEntryExtensions(ReadOnlySpan<byte> block, ClientHelloView client, bool isLeaf)
    {
        if (!Extensions.TryParse(block, out var extensions, out var duplicate))
            return duplicate ? TlsFault.DuplicateExtension : TlsFault.MalformedMessage;
        foreach (var extension in extensions)
        {
            var fault = CheckPlace(
                extension.Type, client, false,
                ExtensionType.StatusRequest, ExtensionType.SignedCertificateTimestamp, ExtensionType.TrustAnchors);
            if (fault != TlsFault.None)
                return fault;
            if (extension.Type != ExtensionType.StatusRequest)
                continue;
            const byte Ocsp = 1;
            var reader = new WireReader(extension.Body);
            if (!reader.TryReadUInt8(out var type) || type != Ocsp || !reader.TryReadVector24(out var response)
                || response.IsEmpty || reader.Remaining > 0)
                return TlsFault.MalformedMessage;
            if (isLeaf)
                _identity.OcspStaple = response.ToArray();
        }

        return TlsFault.None;
    }

    private TlsFault ReadCertificateVerify(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message[HandshakeReassembler.HeaderLength..]);
        if (!reader.TryReadUInt16(out var number) || !reader.TryReadVector16(out var signature)
            || reader.Remaining > 0)
            return TlsFault.MalformedMessage;
        var client = OwnHello();
        var scheme = (SignatureScheme)number;
        if (!client.OffersScheme(scheme) && !(_offer.AcceptEd25519 && scheme == SignatureScheme.Ed25519))
            return TlsFault.WrongSignatureScheme;
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> content = stackalloc byte[CertificateVerifyContent.MaxSize];
        var length = CertificateVerifyContent.WriteServer(hash[.._transcript!.CurrentHash(hash)], content);
        var fault = SignatureVerifier.Verify(
            scheme, _identity.CertificateChain[0].Span, content[..length], signature);
        if (fault != TlsFault.None)
            return fault;
        _identity.SignatureScheme = scheme;
        _transcript.Append(message);
        _state = State.ExpectFinished;
        return TlsFault.None;
    }

    private TlsFault ReadFinished(ReadOnlySpan<byte> message)
    {
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> mac = stackalloc byte[Transcript.MaxHashSize];
        var length = _schedule!.FinishedMac(
            _schedule.ServerHandshake, hash[.._transcript!.CurrentHash(hash)], mac);
        var verifyData = message[HandshakeReassembler.HeaderLength..];
        if (verifyData.Length != length)
            return TlsFault.MalformedMessage;
        if (!CryptographicOperations.FixedTimeEquals(verifyData, mac[..length]))
            return TlsFault.BadFinished;
        if (!_flow.Messages.IsEmpty)
            return TlsFault.MessageAcrossKeyChange;
        _transcript.Append(message);
        _schedule.DeriveApplication(hash[.._transcript.CurrentHash(hash)]);
        _flow.Opener.Protect(_suite, _schedule.ServerApplication);
        _flow.Messages.Release();
        _state = State.Deciding;
        return TlsFault.None;
    }

    /// <summary>ChangeCipherSpec, then what was asked for, then Finished; then the session is there.</summary>
    private void SendSecondFlight()
    {
        Span<byte> flight = stackalloc byte[256];
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> mac = stackalloc byte[Transcript.MaxHashSize];
        var writer = new WireWriter(flight);
        if (_applicationSettings != 0)
            WriteApplicationSettings(ref writer);
        if (_requestContext is not null)
            HandshakeWriter.WriteCertificate(ref writer, [], _requestContext);
        _transcript!.Append(flight[..writer.Written]);
        var length = _schedule!.FinishedMac(
            _schedule.ClientHandshake, hash[.._transcript.CurrentHash(hash)], mac);
        var start = writer.Written;
        HandshakeWriter.WriteFinished(ref writer, mac[..length]);
        _transcript.Append(flight[start..writer.Written]);
        _flow.Send(flight[..writer.Written]);
        _flow.Sealer.Protect(_suite, _schedule.ClientApplication);

        var resumptionMaster = _schedule.ResumptionMaster(hash[.._transcript.CurrentHash(hash)]);
        _session = new TlsSession(
            _suite, _identity.Group, _flow.Opener, _flow.Sealer, _schedule.ClientApplication,
            _schedule.ServerApplication, isClient: true, _identity.Alpn, resumptionMaster)
        {
            Resumed = _identity.Resumed,
            MaxPayload = _maxPayload,
        };
        _state = State.Finishing;
    }

    /// <summary>
    /// A server that answers application_settings waits for a client's EncryptedExtensions with the same extension
    /// (draft-vvv-tls-alps section 4); Chrome's settings for HTTP/2 are empty.
    /// </summary>
    private void WriteApplicationSettings(ref WireWriter writer)
    {
        writer.WriteUInt8((byte)HandshakeType.EncryptedExtensions);
        var message = writer.OpenVector24();
        var extensions = writer.OpenVector16();
        writer.WriteUInt16(_applicationSettings);
        writer.WriteUInt16(0);
        writer.Close(extensions);
        writer.Close(message);
    }
}
