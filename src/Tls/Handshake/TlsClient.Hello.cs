using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <content>From our hello to the handshake keys.</content>
public sealed partial class TlsClient
{
    private const int MaxSharedSecret = 64; // X25519MLKEM768; P-384 has 48.

    private bool _retried;
    private NamedGroup _retryGroup;
    private KeyShare? _retryShare;
    private bool _pskOffered;

    private void SendHello(Instant now)
    {
        const ushort FirstRecordVersion = 0x0301;
        if (_offer.Ticket is { } ticket && ticket.IsUsable(now))
        {
            _hello = ClientHelloEditor.AppendPsk(_hello, ticket, now);
            _pskOffered = true;
            using var transcript = new Transcript(ticket.CipherSuite);
            FillBinder(ticket, transcript);
        }

        _flow.SendHello(_hello, FirstRecordVersion);
        _state = State.ExpectServerHello;
    }

    /// <summary>Computes the binder at the end of the hello; what precedes the hello is in the transcript.</summary>
    private void FillBinder(ResumptionTicket ticket, Transcript transcript)
    {
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        transcript.Append(_hello.AsSpan(..^ClientHelloEditor.BindersLength(ticket.CipherSuite)));
        using var schedule = new KeySchedule(ticket.CipherSuite, ticket.Psk.Octets);
        schedule.BinderMac(
            hash[..transcript.CurrentHash(hash)], _hello.AsSpan(^ticket.CipherSuite.HashLength()..));
    }

    private TlsFault ReadServerHello(ReadOnlySpan<byte> message, Instant now)
    {
        if (!ServerHelloView.TryParse(message, out var server, out var fault))
            return fault;
        var client = OwnHello();
        if (CheckVersion(server) is var versionFault and not TlsFault.None)
            return versionFault;
        if (!server.SessionId.SequenceEqual(client.SessionId))
            return TlsFault.ChangedSessionId;
        if (!server.CipherSuite.IsKnown() || !client.OffersSuite(server.CipherSuite))
            return TlsFault.SelectedUnofferedSuite;
        if (server.CompressionMethod != 0)
            return TlsFault.OfferedOrSelectedCompression;
        if (!_flow.Messages.IsEmpty)
            return TlsFault.MessageAcrossKeyChange;
        if (_retried && server.CipherSuite != _suite)
            return TlsFault.ChangedSuite;
        _suite = server.CipherSuite;
        _flow.ChangeCipherSpecDue |= !client.SessionId.IsEmpty && !_retried;
        return server.IsHelloRetryRequest ? ReadRetry(server, client, now) : ReadServerHello(server, client);
    }

    private static TlsFault CheckVersion(ServerHelloView server)
    {
        if (server.SelectedVersion == Tls13)
            return server.LegacyVersion == 0x0303 ? TlsFault.None : TlsFault.WrongLegacyVersion;
        if (server.SelectedVersion != 0)
            return TlsFault.SelectedUnofferedVersion;

        // "DOWNGRD" and 01 or 00 (section 4.1.3).
        return server.Random[24..] is [0x44, 0x4F, 0x57, 0x4E, 0x47, 0x52, 0x44, 0 or 1]
            ? TlsFault.MarkedDowngrade
            : TlsFault.SelectedOldVersion;
    }

    private TlsFault ReadRetry(ServerHelloView server, ClientHelloView client, Instant now)
    {
        if (_retried)
            return TlsFault.SecondRetry;
        foreach (var extension in server.Extensions)
        {
            // A cookie comes unasked for; ECH has a confirmation here, which GREASE does not look at.
            var fault = CheckPlace(
                extension.Type, client, extension.Type == ExtensionType.Cookie,
                ExtensionType.SupportedVersions, ExtensionType.KeyShare, ExtensionType.Cookie,
                ExtensionType.EncryptedClientHello);
            if (fault != TlsFault.None)
                return fault;
        }

        ReadOnlySpan<byte> cookie = default;
        if (server.TryGetExtension(ExtensionType.Cookie, out var cookieBody))
        {
            var reader = new WireReader(cookieBody);
            if (!reader.TryReadVector16(out cookie) || cookie.IsEmpty || reader.Remaining > 0)
                return TlsFault.MalformedMessage;
        }

        if (server.TryGetExtension(ExtensionType.KeyShare, out var shareBody))
        {
            if (shareBody.Length != 2)
                return TlsFault.MalformedMessage;
            if (!client.OffersGroup(server.KeyShareGroup) || !IsKnown(server.KeyShareGroup))
                return TlsFault.SelectedUnofferedGroup;
            if (client.TryGetKeyShare(server.KeyShareGroup, out _))
                return TlsFault.PointlessRetry;
            _retryGroup = server.KeyShareGroup;
            _retryShare = KeyShare.Generate(_retryGroup, _entropy);
        }
        else if (cookie.IsEmpty)
        {
            return TlsFault.PointlessRetry;
        }

        _retried = true;
        _transcript = new Transcript(_suite);
        _transcript.Append(_hello);
        _transcript.ReplaceByMessageHash();
        _transcript.Append(server.Message);
        SendSecondHello(server.Message, cookie, now);
        return TlsFault.None;
    }

    private void SendSecondHello(ReadOnlySpan<byte> retry, ReadOnlySpan<byte> cookie, Instant now)
    {
        const ushort RecordVersion = 0x0303;
        var first = _hello;
        _hello = ClientHelloEditor.Retry(first, _retryShare, cookie, dropPsk: _pskOffered, _entropy);
        _pskOffered &= _offer.Ticket is { } offered && offered.CipherSuite.Hash() == _suite.Hash();
        if (_pskOffered && _offer.Ticket is { } ticket)
        {
            _hello = ClientHelloEditor.AppendPsk(_hello, ticket, now);
            using var transcript = new Transcript(_suite);
            transcript.Append(first);
            transcript.ReplaceByMessageHash();
            transcript.Append(retry);
            FillBinder(ticket, transcript);
        }

        _flow.SendDueChangeCipherSpec();
        _flow.SendHello(_hello, RecordVersion);
    }

    private TlsFault ReadServerHello(ServerHelloView server, ClientHelloView client)
    {
        foreach (var extension in server.Extensions)
        {
            var fault = CheckPlace(
                extension.Type, client, false,
                ExtensionType.SupportedVersions, ExtensionType.KeyShare, ExtensionType.PreSharedKey);
            if (fault != TlsFault.None)
                return fault;
        }

        if (ReadPsk(server) is var pskFault and not TlsFault.None)
            return pskFault;
        if (!server.TryGetExtension(ExtensionType.KeyShare, out _))
            return TlsFault.MissingExtension;
        if (server.KeyShare.IsEmpty)
            return TlsFault.MalformedMessage;
        if (FindShare(server.KeyShareGroup) is not { } share)
            return TlsFault.SelectedUnofferedGroup;

        Span<byte> secret = stackalloc byte[MaxSharedSecret];
        if (!share.TryComplete(server.KeyShare, secret, out var length))
            return TlsFault.InvalidKeyShare;
        Span<byte> hash = stackalloc byte[Transcript.MaxHashSize];
        _transcript ??= new Transcript(_suite);
        _transcript.Append(_hello);
        _transcript.Append(server.Message);
        _schedule = new KeySchedule(_suite, _identity.Resumed ? _offer.Ticket!.Psk.Octets : default); // ReadPsk saw it.
        _schedule.DeriveHandshake(secret[..length], hash[.._transcript.CurrentHash(hash)]);
        secret.Clear();
        _flow.Opener.Protect(_suite, _schedule.ServerHandshake);
        _flow.Sealer.Protect(_suite, _schedule.ClientHandshake);
        _identity.ClientHello = _hello;
        _identity.ServerHello = server.Message.ToArray();
        _identity.CipherSuite = _suite;
        _identity.Group = share.Group;
        _state = State.ExpectEncryptedExtensions;
        return TlsFault.None;
    }

    private TlsFault ReadPsk(ServerHelloView server)
    {
        if (!server.TryGetExtension(ExtensionType.PreSharedKey, out var body))
            return TlsFault.None;
        if (!_pskOffered || _offer.Ticket is not { } ticket)
            return TlsFault.UnsolicitedExtension;
        if (body.Length != 2)
            return TlsFault.MalformedMessage;
        if (body is not [0, 0])
            return TlsFault.SelectedUnofferedPsk;
        if (ticket.CipherSuite.Hash() != _suite.Hash())
            return TlsFault.ChangedSuite;
        _identity.Resumed = true;
        return TlsFault.None;
    }

    private KeyShare? FindShare(NamedGroup group)
    {
        if (_retryShare is not null)
            return group == _retryGroup ? _retryShare : null;
        foreach (var share in _offer.KeyShares)
        {
            if (share.Group == group)
                return share;
        }

        return null;
    }

    /// <summary>An extension has to have been offered, and to belong into this message (section 4.2).</summary>
    private static TlsFault CheckPlace(
        ushort type, ClientHelloView client, bool unasked, params ReadOnlySpan<ushort> allowed)
    {
        if (!unasked && !client.Extensions.Contains(type))
            return TlsFault.UnsolicitedExtension;
        return allowed.Contains(type) ? TlsFault.None : TlsFault.MisplacedExtension;
    }

    private static bool IsKnown(NamedGroup group) =>
        group is NamedGroup.X25519 or NamedGroup.Secp256r1 or NamedGroup.Secp384r1 or NamedGroup.X25519MLKEM768;
}
