using System.Runtime.CompilerServices;
using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Vision;
using Karez.Proxy.Vless;

namespace Karez.Net.Tunnel;

/// <content>Receiving.</content>
public sealed partial class VlessLeg
{
    private bool _restTaken;

    /// <summary>Waits for payload.</summary>
    /// <returns>
    /// Octets that stay where they are until the next call; none when the other side is done, or the node said that
    /// there is nothing to come (<see cref="Refusal"/>).
    /// </returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        while (!ReceivesBare || !_plain.IsEmpty)
        {
            if (_plain.IsEmpty)
            {
                _plain = await Tunnel.ReceiveAsync();
                if (_plain.IsEmpty)
                    return default;
            }

            var content = TakeContent();
            if (!content.IsEmpty || Refusal is not null)
                return content;
        }

        return await ReceiveRawAsync();
    }

    /// <summary>
    /// At a client that asked for the outcome and has sent its request: waits for it. What came behind it stays for
    /// <see cref="ReceiveAsync"/>.
    /// </summary>
    /// <returns>Null when there is a connection, else why not.</returns>
    public async ValueTask<FlowFailure?> HearOutcomeAsync()
    {
        while (_response is { Answered: false })
        {
            _plain = await Tunnel.ReceiveAsync();
            if (_plain.IsEmpty)
                return FlowFailure.General;
            TakeResponse(_response);
        }

        return Refusal;
    }

    /// <summary>At a client that offered to share and has sent its request: waits for the node's response.</summary>
    /// <returns>Whether the node took the offer; null if it left without a response.</returns>
    public async ValueTask<bool?> HearSharingAsync()
    {
        while (_response is { Answered: false })
        {
            _plain = await Tunnel.ReceiveAsync();
            if (_plain.IsEmpty)
                return null;
            TakeResponse(_response);
        }

        return _response?.Shares == true;
    }

    /// <summary>
    /// Gives payload that has arrived already, beside what earlier calls gave since the last
    /// <see cref="ReceiveAsync"/>; only of whole records without frames. False says only that receiving has to be
    /// asked.
    /// </summary>
    public bool TryReceiveMore(out ReadOnlyMemory<byte> content)
    {
        content = default;
        if (!_plain.IsEmpty || ReceivesBare || (_receiver is not null && !_framesOver)
            || _response is { Answered: false } || !Tunnel.TryReceive(out var plain))
            return false;
        content = plain;
        return true;
    }

    /// <summary>
    /// True once everything that is still to be received is the connection's own octets, none of them read ahead: from
    /// then on the connection can be read itself, and this side of the leg holds no buffer.
    /// </summary>
    public bool TryLeaveReceiving()
    {
        if (!ReceivesBare || !_plain.IsEmpty || !(_restTaken || Tunnel.Rest.IsEmpty))
            return false;
        _restTaken = true;
        Tunnel.ReleaseRest();
        _rawBuffer?.Dispose();
        _rawBuffer = null;
        return true;
    }

    /// <summary>Takes the front of the plaintext through the response header and Vision's frames.</summary>
    private ReadOnlyMemory<byte> TakeContent()
    {
        if (_response is { Answered: false })
            TakeResponse(_response);
        if (Refusal is not null)
            _plain = default; // the padding of the word, if it is in frames
        if (_plain.IsEmpty)
            return default;
        return _receiver is null || _framesOver ? TakeAll() : TakeFramed(_receiver);
    }

    private void TakeResponse(VlessClient response)
    {
        if (response.Feed(_plain.Span, out var header) == ParseStatus.Failed)
            throw new TunnelException(TunnelFault.BrokenProxy);
        _plain = _plain[header..];
    }

    private ReadOnlyMemory<byte> TakeFramed(VisionReceiver receiver)
    {
        var plain = _plain;
        var status = receiver.Feed(plain.Span, out var consumed, out var offset, out var length);
        _plain = plain[consumed..];
        switch (status)
        {
            case VisionStatus.Failed:
                throw new TunnelException(TunnelFault.BrokenProxy);
            case VisionStatus.Unframed:
                _framesOver = true;
                return receiver.Withheld.IsEmpty ? TakeAll() : receiver.Withheld.ToArray();
            case VisionStatus.Raw:
                // The rest of this record is content still; after it the socket's octets are.
                _framesOver = true;
                Tunnel.Session.DetachRead();
                return TakeAll();
            default:
                if (_plain.IsEmpty)
                    EndFrames(receiver);
                return plain.Slice(offset, length);
        }
    }

    /// <summary>
    /// Asks whether the content was the last frame's: without padding nothing of the record is left to tell it, and
    /// what is read next may be raw octets, which are not to be opened.
    /// </summary>
    private void EndFrames(VisionReceiver receiver)
    {
        var status = receiver.Feed(default, out _, out _, out _);
        _framesOver = status is VisionStatus.Raw or VisionStatus.Unframed;
        if (status == VisionStatus.Raw)
            Tunnel.Session.DetachRead();
    }

    private ReadOnlyMemory<byte> TakeAll()
    {
        var all = _plain;
        _plain = default;
        return all;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReceiveRawAsync()
    {
        // Octets that were read ahead, never opened, are the front of the raw stream.
        if (!_restTaken)
        {
            _restTaken = true;
            if (!Tunnel.Rest.IsEmpty)
                return Tunnel.Rest;
        }

        Tunnel.ReleaseRest();
        var connection = Tunnel.Connection;
        int count;
        while (_rawBuffer is null || !connection.TryRead(_rawBuffer.Span, out count))
        {
            _rawBuffer?.Dispose();
            _rawBuffer = null;
            await connection.WaitReadableAsync();
            _rawBuffer = connection.Loop.Buffers.Rent(BufferSize.Read);
        }

        return _rawBuffer.Memory[..count];
    }

}
