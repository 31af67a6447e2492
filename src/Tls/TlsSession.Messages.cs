using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls;

/// <content>What the peer sends to the session itself: alerts, tickets, KeyUpdate.</content>
public sealed partial class TlsSession
{
    /// <summary>The most tickets kept for <see cref="TryTakeTicket"/> (our choice); older ones go first.</summary>
    private const int MaxTickets = 4;

    private readonly Queue<ResumptionTicket> _tickets = [];
    private bool _closed;

    /// <summary>
    /// Whether a KeyUpdate asks for an answer: then <see cref="TryTakePending"/> before the next data.
    /// </summary>
    public bool HasPending => _answerPending && !Sealer.Detached;

    /// <summary>
    /// Makes the record that answers a KeyUpdate, at the start of the output, and changes the write key.
    /// </summary>
    /// <param name="output">Room for the record: <see cref="AlertRecordLength"/> plus 3 octets is enough.</param>
    /// <param name="produced">Its length.</param>
    /// <returns>False when there is nothing to send, no room, or writing is detached.</returns>
    public bool TryTakePending(Span<byte> output, out int produced)
    {
        produced = 0;
        if (!HasPending || output.Length < AlertRecordLength + 3)
            return false;
        _answerPending = false;
        produced = SealKeyUpdate(output, updateRequested: false);
        return true;
    }

    /// <summary>Makes a KeyUpdate record at the start of the buffer and changes the write key.</summary>
    /// <remarks>
    /// RFC 8446 section 5.5 wants one before 2^24.5 full records of AES-GCM. Never where the peer speaks Vision: the
    /// answer could fall behind its switch to raw octets.
    /// </remarks>
    /// <returns>The record's length.</returns>
    public int SealKeyUpdate(Span<byte> buffer, bool updateRequested)
    {
        var writer = new WireWriter(buffer[RecordSealer.Headroom..]);
        HandshakeWriter.WriteKeyUpdate(ref writer, updateRequested);
        var total = Sealer.Seal(buffer, RecordSealer.Headroom, writer.Written, ContentType.Handshake);
        KeySchedule.Update(CipherSuite, _writeTraffic);
        Sealer.Protect(CipherSuite, _writeTraffic);
        return total;
    }

    /// <summary>Takes a ticket that the server sent; the caller owns it.</summary>
    /// <param name="now">Stands for the time of receipt.</param>
    /// <param name="ticket">The ticket.</param>
    public bool TryTakeTicket(Instant now, out ResumptionTicket? ticket)
    {
        if (!_tickets.TryDequeue(out var waiting))
        {
            ticket = null;
            return false;
        }

        ticket = new ResumptionTicket
        {
            CipherSuite = waiting.CipherSuite,
            Psk = waiting.Psk,
            Identity = waiting.Identity,
            AgeAdd = waiting.AgeAdd,
            ReceivedAt = now,
            Lifetime = waiting.Lifetime,
            Alpn = waiting.Alpn,
        };
        return true;
    }

    private TlsReadStatus ReadAlert(AlertDescription description)
    {
        switch (description)
        {
            case AlertDescription.CloseNotify:
                _closed = true;
                return TlsReadStatus.Closed;
            case AlertDescription.UserCanceled: // close_notify follows (section 6.1)
                return ++_idleMessages > MaxIdleMessages
                    ? Fail(TlsFault.TooManyUselessRecords)
                    : TlsReadStatus.Internal;
            default:
                PeerAlert = description;
                return Fail(TlsFault.ReceivedAlert);
        }
    }

    private TlsReadStatus ReadMessages(ReadOnlySpan<byte> payload)
    {
        if (!_messages.TryAppend(payload))
            return Fail(_messages.Fault);
        while (_messages.TryTake(out var message))
        {
            var fault = (HandshakeType)message[0] switch
            {
                HandshakeType.KeyUpdate => ReadKeyUpdate(message),
                HandshakeType.NewSessionTicket when _isClient => ReadTicket(message),
                _ => TlsFault.UnexpectedMessage,
            };
            if (fault != TlsFault.None)
                return Fail(fault);
        }

        if (_messages.Fault != TlsFault.None)
            return Fail(_messages.Fault);
        _messages.Release();
        return TlsReadStatus.Internal;
    }

    private TlsFault ReadKeyUpdate(ReadOnlySpan<byte> message)
    {
        if (message.Length != HandshakeReassembler.HeaderLength + 1)
            return TlsFault.MalformedMessage;
        if (message[^1] > 1)
            return TlsFault.InvalidKeyUpdate;
        if (!_messages.IsEmpty)
            return TlsFault.MessageAcrossKeyChange;
        if (++_idleMessages > MaxIdleMessages)
            return TlsFault.TooManyKeyUpdates;
        KeySchedule.Update(CipherSuite, _readTraffic);
        Opener.Protect(CipherSuite, _readTraffic);
        _answerPending |= message[^1] == 1;
        return TlsFault.None;
    }

    private TlsFault ReadTicket(ReadOnlySpan<byte> message)
    {
        if (!NewSessionTicketView.TryParse(message, out var view))
            return TlsFault.MalformedMessage;
        if (++_idleMessages > MaxIdleMessages)
            return TlsFault.TooManyUselessRecords;
        if (_resumptionMaster is null || view.LifetimeSeconds == 0)
            return TlsFault.None;
        var lifetime = TimeSpan.FromSeconds(view.LifetimeSeconds);
        _tickets.Enqueue(new ResumptionTicket
        {
            CipherSuite = CipherSuite,
            Psk = KeySchedule.ResumptionPsk(CipherSuite, _resumptionMaster, view.Nonce),
            Identity = view.Ticket.ToArray(),
            AgeAdd = view.AgeAdd,
            ReceivedAt = default,
            Lifetime = lifetime < ResumptionTicket.MaxLifetime ? lifetime : ResumptionTicket.MaxLifetime,
            Alpn = Alpn,
        });
        if (_tickets.Count > MaxTickets)
            _tickets.Dequeue().Dispose();
        return TlsFault.None;
    }

    private TlsReadStatus Fail(TlsFault fault)
    {
        Fault = fault;
        return TlsReadStatus.Failed;
    }
}
