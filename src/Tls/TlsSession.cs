using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls;

/// <summary>An established connection: two record directions, and what comes after the handshake.</summary>
/// <remarks>
/// Opening and sealing share no key and no sequence number. The one thing that leads from reading to writing is the
/// answer to a KeyUpdate: <see cref="TryTakePending"/>, never once writing is detached.
/// </remarks>
public sealed partial class TlsSession : IDisposable
{
    /// <summary>The longest message after the handshake (our choice: tickets are below 2 KiB in practice).</summary>
    public const int MaxMessage = 32 * 1024;

    /// <summary>How many messages for the session itself may come without data between them (our choice).</summary>
    public const int MaxIdleMessages = 32;

    /// <summary>Octets of room that an alert record needs.</summary>
    public const int AlertRecordLength = RecordSealer.Headroom + 2 + RecordSealer.Tailroom;

    private readonly HandshakeReassembler _messages = new(MaxMessage);
    private readonly bool _isClient;
    private readonly Secret _readTraffic;
    private readonly Secret _writeTraffic;
    private readonly Secret? _resumptionMaster;
    private int _idleMessages;
    private bool _answerPending;

    /// <summary>Takes over after a handshake.</summary>
    /// <param name="cipherSuite">The suite.</param>
    /// <param name="group">The group of the key exchange.</param>
    /// <param name="opener">The read direction, application keys in place; the session owns it from now on.</param>
    /// <param name="sealer">The write direction, application keys in place; the session owns it from now on.</param>
    /// <param name="clientApplication">client_application_traffic_secret_0; copied.</param>
    /// <param name="serverApplication">server_application_traffic_secret_0; copied.</param>
    /// <param name="isClient">Whether this is the client's side.</param>
    /// <param name="alpn">The application protocol.</param>
    /// <param name="resumptionMaster">
    /// For tickets; the session owns it. Without it a ticket received is ignored.
    /// </param>
    public TlsSession(
        CipherSuite cipherSuite, NamedGroup group, RecordOpener opener, RecordSealer sealer, Secret clientApplication,
        Secret serverApplication, bool isClient, string? alpn = null, Secret? resumptionMaster = null)
    {
        ArgumentNullException.ThrowIfNull(opener);
        ArgumentNullException.ThrowIfNull(clientApplication);
        ArgumentNullException.ThrowIfNull(serverApplication);
        CipherSuite = cipherSuite;
        Group = group;
        Opener = opener;
        Sealer = sealer;
        Alpn = alpn;
        _isClient = isClient;
        _readTraffic = new Secret((isClient ? serverApplication : clientApplication).Octets);
        _writeTraffic = new Secret((isClient ? clientApplication : serverApplication).Octets);
        _resumptionMaster = resumptionMaster;
        opener.InHandshake = false;
    }

    /// <summary>The read direction.</summary>
    public RecordOpener Opener { get; }

    /// <summary>The write direction.</summary>
    public RecordSealer Sealer { get; }

    /// <summary>The suite.</summary>
    public CipherSuite CipherSuite { get; }

    /// <summary>The group of the key exchange.</summary>
    public NamedGroup Group { get; }

    /// <summary>The application protocol, if one was agreed.</summary>
    public string? Alpn { get; }

    /// <summary>Whether the session was resumed from a ticket.</summary>
    public bool Resumed { get; init; }

    /// <summary>What went wrong, after <see cref="TlsReadStatus.Failed"/>.</summary>
    public TlsFault Fault { get; private set; }

    /// <summary>The alert received, when the fault is <see cref="TlsFault.ReceivedAlert"/>.</summary>
    public AlertDescription? PeerAlert { get; private set; }

    /// <summary>The longest payload that the peer takes in one record (record_size_limit, RFC 8449).</summary>
    public int MaxPayload { get; init; } = RecordSealer.MaxPayload;

    /// <summary>Opens the first record of the input, in place.</summary>
    /// <param name="input">Unread octets.</param>
    /// <param name="consumed">Octets used: one record, or none.</param>
    /// <param name="offset">With <see cref="TlsReadStatus.Data"/>: where the plaintext begins in the input.</param>
    /// <param name="length">With <see cref="TlsReadStatus.Data"/>: its length, at least 1.</param>
    /// <remarks>
    /// Call again until <see cref="TlsReadStatus.NeedInput"/>: whole records may still lie in the input.
    /// </remarks>
    public TlsReadStatus Open(Span<byte> input, out int consumed, out int offset, out int length)
    {
        consumed = offset = length = 0;
        if (Fault != TlsFault.None)
            return TlsReadStatus.Failed;
        if (_closed)
            return TlsReadStatus.Closed;
        switch (Opener.TryOpen(input, out var record))
        {
            case RecordStatus.NeedInput:
                return TlsReadStatus.NeedInput;
            case RecordStatus.Failed:
                return Fail(Opener.Fault);
        }

        consumed = record.Consumed;
        if (record.Type != ContentType.Handshake && !_messages.IsEmpty)
            return Fail(TlsFault.InterleavedHandshake);
        switch (record.Type)
        {
            case ContentType.ApplicationData when record.Length == 0:
                return TlsReadStatus.Internal;
            case ContentType.ApplicationData:
                _idleMessages = 0;
                offset = record.Offset;
                length = record.Length;
                return TlsReadStatus.Data;
            case ContentType.Alert:
                return ReadAlert((AlertDescription)input[record.Offset + 1]);
            default:
                return ReadMessages(input.Slice(record.Offset, record.Length));
        }
    }

    /// <summary>Makes an application_data record around a payload: see <see cref="RecordSealer.Seal"/>.</summary>
    public int Seal(Span<byte> buffer, int offset, int length, int recordLength = 0) =>
        Sealer.Seal(buffer, offset, length, ContentType.ApplicationData, recordLength);

    /// <summary>Makes a close_notify record at the start of the buffer; nothing may be sealed after it.</summary>
    /// <returns>Its length, at most <see cref="AlertRecordLength"/>; 0 once writing is detached.</returns>
    public int SealCloseNotify(Span<byte> buffer) => SealAlert(buffer, AlertDescription.CloseNotify);

    /// <summary>Makes an alert record at the start of the buffer.</summary>
    /// <returns>Its length, at most <see cref="AlertRecordLength"/>; 0 once writing is detached.</returns>
    public int SealAlert(Span<byte> buffer, AlertDescription description)
    {
        if (Sealer.Detached)
            return 0;
        const byte Warning = 1;
        const byte Fatal = 2;
        var quiet = description is AlertDescription.CloseNotify or AlertDescription.UserCanceled;
        buffer[RecordSealer.Headroom] = quiet ? Warning : Fatal;
        buffer[RecordSealer.Headroom + 1] = (byte)description;
        return Sealer.Seal(buffer, RecordSealer.Headroom, 2, ContentType.Alert);
    }

    /// <summary>From now on what is received is raw octets.</summary>
    public void DetachRead()
    {
        Opener.Detached = true;
        Opener.Dispose(); // a cipher's context is 1 KB that a raw flow has no use for
    }

    /// <summary>From now on what is sent is raw octets: no alert, no KeyUpdate, nothing of ours.</summary>
    public void DetachWrite()
    {
        Sealer.Detached = true;
        Sealer.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Opener.Dispose();
        Sealer.Dispose();
        _readTraffic.Dispose();
        _writeTraffic.Dispose();
        _resumptionMaster?.Dispose();
        while (_tickets.TryDequeue(out var ticket))
            ticket.Dispose();
    }
}
