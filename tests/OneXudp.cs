using Karez.Proxy;
using Karez.Proxy.Mux;

namespace Karez.Tests;

/// <summary>The client's side of an XUDP stream with one session, for tests.</summary>
internal sealed class OneXudp(ulong globalId)
{
    private readonly MuxClient _machine = new(isXudp: true);
    private bool _isOpen;

    /// <summary>The server ended the session.</summary>
    public bool IsEnded { get; private set; }

    public int WriteHeader(in Destination target, int length, Span<byte> destination)
    {
        if (!_isOpen && !target.IsNone)
            _isOpen = _machine.TryOpen(MuxNetwork.Udp, target, globalId, out _);
        return target.IsNone ? 0 : _machine.WriteData(0, target, length, destination);
    }

    /// <summary>Takes octets up to the end of one datagram; what the machine answers is dropped.</summary>
    public ParseStatus Feed(
        ReadOnlySpan<byte> input, out int consumed, out Destination source, out ReadOnlySpan<byte> payload)
    {
        (consumed, source) = (0, default);
        var output = new byte[MuxClient.MaxOutput];
        while (true)
        {
            var status = _machine.Feed(
                input[consumed..], output, out var taken, out _, out var happened, out payload);
            consumed += taken;
            source = happened.Destination;
            IsEnded |= happened.Kind == MuxEventKind.Close;
            if (IsEnded)
                return ParseStatus.Failed;
            if (status != ParseStatus.Done || (happened.Kind == MuxEventKind.Data && !payload.IsEmpty))
                return status;
        }
    }
}
