using System.Runtime.CompilerServices;
using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Tls.Records;

namespace Karez.Net.Tunnel;

/// <content>Sending.</content>
public sealed partial class VlessLeg
{
    private bool _isOpened;
    private Task _headSent = Task.CompletedTask;

    /// <summary>Sends a payload of any length; it is copied once while Vision frames it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> payload)
    {
        if (!_headSent.IsCompletedSuccessfully)
            await _headSent;
        if (SendsBare)
        {
            await Tunnel.Connection.WriteAsync(payload);
            return;
        }

        using var record = Tunnel.Connection.Loop.Buffers.Rent(BufferSize.Records);
        await AnswerKeyUpdateAsync(record);
        while (!payload.IsEmpty)
        {
            if (SendsBare)
            {
                await Tunnel.Connection.WriteAsync(payload);
                return;
            }

            var length = MakeOpening(record.Span);
            length += MakeRecord(record.Span[length..], payload.Span, out var taken);
            await Tunnel.Connection.WriteAsync(record.Memory[..length]);
            payload = payload[taken..];
            if (_sender is { IsRaw: true })
                Tunnel.Session.DetachWrite();
        }
    }

    /// <summary>
    /// Sends the header alone, in its opening record or under an empty frame where there is Vision: nothing came to
    /// send with it.
    /// </summary>
    /// <remarks>May be called beside a pump that has sent nothing yet: whoever sends next waits for it.</remarks>
    public ValueTask SendHeadAsync()
    {
        if (_head.Length > 0)
            _headSent = SendHeadAloneAsync();
        return new ValueTask(_headSent);
    }

    /// <summary>
    /// At a node whose client asked: says how the dial went, in a record of its own, under an empty frame where there
    /// is Vision.
    /// </summary>
    /// <param name="failure">Null when there is a connection.</param>
    public ValueTask SendOutcomeAsync(FlowFailure? failure)
    {
        var code = failure is { } why ? VlessOutcome.CodeOf(why) : VlessOutcome.Connected;
        _head = new byte[VlessWire.OutcomeLength];
        VlessWire.WriteOutcome(code, _head);
        return SendHeadAsync();
    }

    /// <summary>
    /// At a node whose client offered to share: takes the offer, in a record of its own, under an empty frame where
    /// there is Vision.
    /// </summary>
    public ValueTask SendSharingAsync()
    {
        _head = new byte[VlessWire.OutcomeLength];
        VlessWire.WriteSharing(_head);
        return SendHeadAsync();
    }

    private async Task SendHeadAloneAsync()
    {
        using var record = Tunnel.Connection.Loop.Buffers.Rent(BufferSize.Records);
        var length = MakeOpening(record.Span);
        if (_head.Length > 0)
            length += MakeRecord(record.Span[length..], default, out _);
        await Tunnel.Connection.WriteAsync(record.Memory[..length]);
    }

    /// <summary>
    /// Seals payloads in place that were read through <see cref="Slots"/>; only while <see cref="SendsPlainRecords"/>.
    /// </summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="count">Octets read into its slots.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendSlotsAsync(Rented buffer, int count)
    {
        if (!_headSent.IsCompletedSuccessfully)
            await _headSent;
        var end = 0;
        for (var slot = 0; count > 0; slot++)
        {
            var length = Math.Min(count, Slots.Length);
            end += Tunnel.Session.Seal(buffer.Span, Slots.Offset + (slot * Slots.Stride), length);
            count -= length;
        }

        // All slots but the last are full, so the records lie back to back from the buffer's first octet on.
        await Tunnel.Connection.WriteAsync(buffer.Memory[..end]);
    }

    /// <summary>Says that nothing more comes from here.</summary>
    public async ValueTask FinishAsync()
    {
        await SendHeadAsync();
        await Tunnel.FinishAsync();
    }

    /// <summary>
    /// The front of a client's request in a record of its own, where the shape has one; else nothing.
    /// </summary>
    private int MakeOpening(Span<byte> record)
    {
        var length = _isOpened ? 0 : _sender?.OpeningLength(_head.Length) ?? 0;
        _isOpened = true;
        if (length == 0)
            return 0;
        _head.AsSpan(0, length).CopyTo(record[RecordSealer.Headroom..]);
        _head = _head[length..];
        return Tunnel.Session.Seal(record, RecordSealer.Headroom, length, _sender!.OpeningRecord); // it has a length
    }

    /// <summary>One record out of the front of the payload, with header and frame where they are due.</summary>
    private int MakeRecord(Span<byte> record, ReadOnlySpan<byte> payload, out int taken)
    {
        var at = RecordSealer.Headroom;
        _head.CopyTo(record[at..]);
        at += _head.Length;
        var room = RecordSealer.MaxPayload - _head.Length;
        _head = [];

        if (_sender is null or { IsUnframed: true })
        {
            taken = Math.Min(payload.Length, room);
            payload[..taken].CopyTo(record[at..]);
            at += taken;
        }
        else
        {
            var cut = payload.IsEmpty ? _sender.EmptyFirstFrame() : _sender.Next(payload);
            taken = cut.ContentLength;
            at += _sender.WriteHeader(cut, record[at..]);
            payload[..taken].CopyTo(record[at..]);
            at += taken;
            record.Slice(at, cut.PaddingLength).Clear();
            at += cut.PaddingLength;
        }

        return Tunnel.Session.Seal(record, RecordSealer.Headroom, at - RecordSealer.Headroom);
    }

    private async ValueTask AnswerKeyUpdateAsync(Rented buffer)
    {
        if (Tunnel.Session.TryTakePending(buffer.Span, out var length))
            await Tunnel.Connection.WriteAsync(buffer.Memory[..length]);
    }
}
