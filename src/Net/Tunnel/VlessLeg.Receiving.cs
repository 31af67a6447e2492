using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Vision;

namespace Karez.Net.Tunnel;

/// <content>Receiving.</content>
public sealed partial class VlessLeg
{
    private bool _restTaken;

    /// <summary>Waits for payload.</summary>
    /// <returns>Octets that stay where they are until the next call; none when the other side is done.</returns>
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
            if (!content.IsEmpty)
                return content;
        }

        return await ReceiveRawAsync();
    }

    /// <summary>Takes the front of the plaintext through the response header and Vision's frames.</summary>
    private ReadOnlyMemory<byte> TakeContent()
    {
        if (_response is { Answered: false })
        {
            var parsed = _response.Feed(_plain.Span, out var header);
            if (parsed == ParseStatus.Failed)
                throw new TunnelException(TunnelFault.BrokenProxy);
            _plain = _plain[header..];
            if (parsed == ParseStatus.NeedInput || _plain.IsEmpty)
                return default;
        }

        return _receiver is null || _framesOver ? TakeAll() : TakeFramed(_receiver);
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
