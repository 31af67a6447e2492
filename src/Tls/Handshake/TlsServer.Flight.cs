using System.Security.Cryptography;
using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <content>Our flight, and the client's Finished.</content>
public sealed partial class TlsServer
{
    private const int MaxSignature = 4096; // ML-DSA-65 has 3309 octets, RSA of 8192 bits 1024.

    private TlsFault Answer(ClientHelloView hello, Instant now)
    {
        if (ChoosePsk(hello, now) is var pskFault and not TlsFault.None)
            return pskFault;
        var scheme = SignatureScheme.None;
        foreach (var candidate in _options.Signer.Schemes)
        {
            if (scheme == SignatureScheme.None && (hello.OffersScheme(candidate) || _options.SignUnoffered))
                scheme = candidate;
        }

        if (_psk is null && scheme == SignatureScheme.None)
            return TlsFault.NoCommonSignatureScheme;
        if (SendServerHello(hello) is var helloFault and not TlsFault.None)
            return helloFault;
        return SendFlight(scheme) ? TlsFault.None : TlsFault.InternalError;
    }

    private TlsFault SendServerHello(ClientHelloView hello)
    {
        hello.TryGetKeyShare(_group, out var clientShare);
        Span<byte> random = stackalloc byte[32];
        _entropy.Fill(random);
        Span<byte> secret = stackalloc byte[KeyShare.MaxSecretSize];
        var share = new byte[KeyShare.MaxShareSize];
        if (!KeyShare.TryRespond(
                _group, clientShare, _entropy, share, out var shareLength, secret, out var secretLength))
            return TlsFault.InvalidKeyShare;

        var message = new byte[KeyShare.MaxShareSize + 160];
        var writer = new WireWriter(message);
        HandshakeWriter.WriteServerHello(
            ref writer, random, hello.SessionId, _suite, _group, share.AsSpan(0, shareLength),
            _psk is null ? -1 : _pskIndex);
        var written = message.AsSpan(0, writer.Written);
        _transcript!.Append(hello.Message); // Made with the choice of the suite.
        _transcript.Append(written);
        _flow.ChangeCipherSpecDue = !hello.SessionId.IsEmpty && _state == State.ExpectClientHello;
        _flow.SendHello(written, 0x0303);

        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        _schedule = new KeySchedule(_suite, _psk is null ? default : _psk.Octets);
        _schedule.DeriveHandshake(secret[..secretLength], hash[.._transcript.CurrentHash(hash)]);
        secret.Clear();
        _flow.Sealer.Protect(_suite, _schedule.ServerHandshake);
        _flow.Opener.Protect(_suite, _schedule.ClientHandshake);
        if (hello.Extensions.Contains(ExtensionType.EarlyData))
            _flow.Opener.EarlyDataToSkip = _options.EarlyDataToSkip;
        return TlsFault.None;
    }

    /// <summary>EncryptedExtensions to Finished; all in as few records as hold them.</summary>
    private bool SendFlight(SignatureScheme scheme)
    {
        var room = 512 + MaxSignature + _options.OcspStaple.Length;
        foreach (var certificate in _options.CertificateChain)
            room += certificate.Length + 16;
        var flight = new byte[room];
        var writer = new WireWriter(flight);
        HandshakeWriter.WriteEncryptedExtensions(
            ref writer, _alpn is null ? default : System.Text.Encoding.Latin1.GetBytes(_alpn));
        if (_psk is null)
        {
            HandshakeWriter.WriteCertificate(
                ref writer, _options.CertificateChain, default, _staplingWanted ? _options.OcspStaple.Span : default);
        }

        _transcript!.Append(flight.AsSpan(0, writer.Written));
        if (_psk is null && !TryWriteCertificateVerify(ref writer, scheme, flight))
            return false;

        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> mac = stackalloc byte[Transcript.MaxHashSize];
        var length = _schedule!.FinishedMac(
            _schedule.ServerHandshake, hash[.._transcript.CurrentHash(hash)], mac);
        var start = writer.Written;
        HandshakeWriter.WriteFinished(ref writer, mac[..length]);
        _transcript.Append(flight.AsSpan(start..writer.Written));
        _flow.Send(flight.AsSpan(0, writer.Written));
        _schedule.DeriveApplication(hash[.._transcript.CurrentHash(hash)]);
        _flow.Sealer.Protect(_suite, _schedule.ServerApplication);
        _state = State.ExpectFinished;
        return !writer.Overflowed;
    }

    private bool TryWriteCertificateVerify(ref WireWriter writer, SignatureScheme scheme, ReadOnlySpan<byte> flight)
    {
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> content = stackalloc byte[CertificateVerifyContent.MaxSize];
        var contentLength = CertificateVerifyContent.WriteServer(hash[.._transcript!.CurrentHash(hash)], content);
        var signature = new byte[MaxSignature];
        if (!_options.Signer.TrySign(scheme, content[..contentLength], signature, out var signatureLength))
            return false;
        var start = writer.Written;
        HandshakeWriter.WriteCertificateVerify(ref writer, scheme, signature.AsSpan(0, signatureLength));
        _transcript.Append(flight[start..writer.Written]);
        return true;
    }

    private TlsFault ReadFinished(ReadOnlySpan<byte> message, Instant now)
    {
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        Span<byte> mac = stackalloc byte[Transcript.MaxHashSize];
        var length = _schedule!.FinishedMac(
            _schedule.ClientHandshake, hash[.._transcript!.CurrentHash(hash)], mac);
        var verifyData = message[HandshakeReassembler.HeaderLength..];
        if (verifyData.Length != length)
            return TlsFault.MalformedMessage;
        if (!CryptographicOperations.FixedTimeEquals(verifyData, mac[..length]))
            return TlsFault.BadFinished;
        if (!_flow.Messages.IsEmpty)
            return TlsFault.MessageAcrossKeyChange;
        _transcript.Append(message);
        _flow.Messages.Release();
        _flow.Opener.Protect(_suite, _schedule.ClientApplication);
        if (_options.TicketKey is not null)
            SendTickets(hash[.._transcript.CurrentHash(hash)], now);
        _session = new TlsSession(
            _suite, _group, _flow.Opener, _flow.Sealer, _schedule.ClientApplication, _schedule.ServerApplication,
            isClient: false, _alpn)
        {
            Resumed = _psk is not null,
        };
        _state = State.Finishing;
        return TlsFault.None;
    }
}
