using Karez.Tls.Certificates;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <summary>What both machines do alike: messages out of records, records out of messages, alerts both ways.</summary>
internal sealed class HandshakeFlow : IDisposable
{
    /// <summary>The longest message: a Certificate of the longest accepted, and its header.</summary>
    private const int MaxMessage = HandshakeReassembler.HeaderLength + CompressedCertificate.MaxLength;

    private byte[] _output = [];
    private int _outputStart;
    private int _outputEnd;

    public RecordOpener Opener { get; } = new();

    public RecordSealer Sealer { get; } = new();

    public HandshakeReassembler Messages { get; } = new(MaxMessage);

    /// <summary>Why <see cref="Receive"/> failed.</summary>
    public TlsFault Fault { get; private set; }

    /// <summary>The alert received, if one was.</summary>
    public AlertDescription? PeerAlert { get; private set; }

    /// <summary>
    /// Whether the peer's first record must be a hello: no ChangeCipherSpec before it (appendix D.4).
    /// </summary>
    public bool AwaitsFirstHello { get; set; }

    /// <summary>Whether a ChangeCipherSpec goes out before the next encrypted record.</summary>
    public bool ChangeCipherSpecDue { get; set; }

    public bool HasOutput => _outputEnd > _outputStart;

    /// <summary>Finds the next handshake message, opening records as needed.</summary>
    /// <returns>Done with a message (borrowed until the next call), NeedInput, Closed, or Failed.</returns>
    public TlsStatus Receive(Span<byte> input, ref int consumed, out ReadOnlySpan<byte> message)
    {
        while (true)
        {
            if (Messages.TryTake(out message))
                return TlsStatus.Done;
            if (Messages.Fault != TlsFault.None)
                return Fail(Messages.Fault);
            switch (Opener.TryOpen(input[consumed..], out var record))
            {
                case RecordStatus.NeedInput:
                    return TlsStatus.NeedInput;
                case RecordStatus.Failed:
                    return Fail(Opener.Fault);
            }

            ReadOnlySpan<byte> payload = input.Slice(consumed + record.Offset, record.Length);
            consumed += record.Consumed;
            if (Take(record.Type, payload) is var status and not TlsStatus.Done)
                return status;
        }
    }

    /// <summary>Copies what waits to be sent into the output, as much as fits.</summary>
    public void Flush(Span<byte> output, ref int produced)
    {
        var length = Math.Min(_outputEnd - _outputStart, output.Length - produced);
        if (length <= 0)
            return;
        _output.AsSpan(_outputStart, length).CopyTo(output[produced..]);
        produced += length;
        _outputStart += length;
        if (HasOutput)
            return;
        _outputStart = _outputEnd = 0;
    }

    /// <summary>Sends a hello as unprotected records.</summary>
    /// <param name="hello">The message.</param>
    /// <param name="recordVersion">0x0301 for the first of a client, else 0x0303 (RFC 8446 section 5.1).</param>
    public void SendHello(ReadOnlySpan<byte> hello, ushort recordVersion)
    {
        while (!hello.IsEmpty)
        {
            var piece = hello[..Math.Min(hello.Length, RecordSealer.MaxPayload)];
            var writer = new WireWriter(Reserve(RecordSealer.Headroom + piece.Length));
            writer.WriteUInt8((byte)ContentType.Handshake);
            writer.WriteUInt16(recordVersion);
            writer.WriteUInt16((ushort)piece.Length);
            writer.WriteBytes(piece);
            _outputEnd += writer.Written;
            hello = hello[piece.Length..];
        }
    }

    /// <summary>Sends messages under the present key, in as few records as hold them.</summary>
    public void Send(ReadOnlySpan<byte> messages)
    {
        SendDueChangeCipherSpec();
        while (!messages.IsEmpty)
        {
            var piece = messages[..Math.Min(messages.Length, RecordSealer.MaxPayload)];
            SendRecord(ContentType.Handshake, piece);
            messages = messages[piece.Length..];
        }
    }

    /// <summary>Sends the alert for a fault, if it has one.</summary>
    public void SendAlert(TlsFault fault)
    {
        if (TlsFaults.Alert(fault) is not { } description)
            return;
        if (Sealer.IsProtected)
            SendDueChangeCipherSpec();
        const byte Fatal = 2;
        SendRecord(ContentType.Alert, [Fatal, (byte)description]);
    }

    /// <summary>Sends the due ChangeCipherSpec now.</summary>
    public void SendDueChangeCipherSpec()
    {
        if (!ChangeCipherSpecDue)
            return;
        ChangeCipherSpecDue = false;
        ReadOnlySpan<byte> record = [(byte)ContentType.ChangeCipherSpec, 3, 3, 0, 1, 1];
        record.CopyTo(Reserve(record.Length));
        _outputEnd += record.Length;
    }

    public void Dispose()
    {
        Opener.Dispose();
        Sealer.Dispose();
    }

    private TlsStatus Take(ContentType type, ReadOnlySpan<byte> payload)
    {
        // A ChangeCipherSpec is dropped wherever it stands, between the pieces of a message too (section 5).
        if (type == ContentType.ChangeCipherSpec)
            return AwaitsFirstHello ? Fail(TlsFault.UnexpectedRecord) : TlsStatus.Done;
        if (type != ContentType.Handshake && !Messages.IsEmpty)
            return Fail(TlsFault.InterleavedHandshake);
        switch (type)
        {
            case ContentType.Handshake:
                AwaitsFirstHello = false;
                return Messages.TryAppend(payload) ? TlsStatus.Done : Fail(Messages.Fault);
            case ContentType.ApplicationData:
                return payload.IsEmpty ? TlsStatus.Done : Fail(TlsFault.UnexpectedRecord);
        }

        PeerAlert = (AlertDescription)payload[1];
        switch (PeerAlert)
        {
            case AlertDescription.UserCanceled: // close_notify follows (section 6.1)
                return TlsStatus.Done;
            case AlertDescription.CloseNotify:
                Fault = TlsFault.ClosedDuringHandshake;
                return TlsStatus.Closed;
            default:
                return Fail(TlsFault.ReceivedAlert);
        }
    }

    private void SendRecord(ContentType type, ReadOnlySpan<byte> payload)
    {
        var length = Sealer.RecordLength(payload.Length);
        var room = Reserve(length);
        payload.CopyTo(room[RecordSealer.Headroom..]);
        Sealer.Seal(room, RecordSealer.Headroom, payload.Length, type);
        _outputEnd += length;
    }

    private Span<byte> Reserve(int length)
    {
        if (_output.Length - _outputEnd < length)
            Array.Resize(ref _output, Math.Max(_outputEnd + length, 2 * _output.Length));
        return _output.AsSpan(_outputEnd, length);
    }

    private TlsStatus Fail(TlsFault fault)
    {
        Fault = fault;
        return TlsStatus.Failed;
    }
}
