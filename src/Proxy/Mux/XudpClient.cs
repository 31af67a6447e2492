namespace Karez.Proxy.Mux;

/// <summary>One UDP socket's datagrams in a stream of their own: session 0, an address with each.</summary>
/// <param name="globalId">By which the server finds the socket again after the stream broke; 0 is none.</param>
public sealed class XudpClient(ulong globalId)
{
    private readonly MuxReader _reader = new();
    private Destination _first;

    /// <summary>Why the stream is over, at <see cref="ParseStatus.Failed"/>.</summary>
    public MuxFault Fault { get; private set; }

    /// <summary>Writes the header of a datagram, which follows.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="length">Its length, 1 to <see cref="MuxWire.MaxDatagram"/>.</param>
    /// <param name="destination">At most <see cref="MuxWire.MaxHeader"/> octets are written.</param>
    /// <returns>Octets written; 0 if such a datagram is not sent.</returns>
    public int WriteHeader(in Destination target, int length, Span<byte> destination)
    {
        if (target.IsNone || !MuxFlow.IsSendable(MuxNetwork.Udp, length))
            return 0;
        var isFirst = _first.IsNone;
        if (isFirst)
            _first = target;
        return MuxWire.WriteHeader(
            new MuxFrame(
                0,
                isFirst ? MuxStatus.New : MuxStatus.Keep,
                HasData: true,
                Network: MuxNetwork.Udp,
                Destination: target,
                GlobalId: isFirst ? globalId : 0),
            length,
            destination);
    }

    /// <summary>Takes octets up to the end of one datagram.</summary>
    /// <param name="input">What came; show the rest again.</param>
    /// <param name="consumed">Octets taken.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="payload">The datagram, valid until the next call.</param>
    /// <returns><see cref="ParseStatus.Failed"/> also when the server ended the session.</returns>
    public ParseStatus Feed(
        ReadOnlySpan<byte> input, out int consumed, out Destination source, out ReadOnlySpan<byte> payload)
    {
        (consumed, source) = (0, default);
        while (true)
        {
            var status = _reader.Feed(input[consumed..], out var taken, out var frame, out payload, out var fault);
            consumed += taken;
            Fault = fault;
            if (status != ParseStatus.Done)
                return status;
            if (frame.Status is MuxStatus.New or MuxStatus.End)
            {
                Fault = MuxFault.Ended;
                return ParseStatus.Failed;
            }

            // An address that cannot be, or nothing in it: as if the datagram had been lost.
            source = frame.Network == MuxNetwork.Udp ? frame.Destination : _first;
            if (frame.Status == MuxStatus.Keep && !payload.IsEmpty && !source.IsNone)
                return ParseStatus.Done;
        }
    }
}
