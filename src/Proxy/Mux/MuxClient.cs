namespace Karez.Proxy.Mux;

/// <summary>The client's side of a Mux.Cool stream.</summary>
/// <param name="maxSessions">How many may be open at once.</param>
/// <param name="isXudp">
/// The stream is for datagrams alone: its first session is number 0, by which XUDP is known.
/// </param>
public sealed class MuxClient(int maxSessions = MuxServer.DefaultMaxSessions, bool isXudp = false) : IMuxSpeaker
{
    /// <summary>No call of <see cref="Feed"/> produces more.</summary>
    public const int MaxOutput = 2 + MuxWire.MinMeta;

    private readonly MuxReader _reader = new();
    private readonly Dictionary<ushort, Session> _sessions = [];
    private int _next = isXudp ? 0 : 1;

    /// <summary>Sessions open now.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>True once every number has been used: this stream can open nothing more.</summary>
    public bool IsExhausted => _next > ushort.MaxValue;

    /// <summary>What the server did wrong, at <see cref="ParseStatus.Failed"/>: close the stream.</summary>
    public MuxFault Fault { get; private set; }

    /// <summary>Opens a session; nothing is written before its first data.</summary>
    /// <param name="network">TCP or UDP.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="globalId">XUDP's id for a UDP session; 0 is none.</param>
    /// <param name="session">Its number.</param>
    /// <returns>False if this stream is full or exhausted.</returns>
    public bool TryOpen(MuxNetwork network, in Destination destination, ulong globalId, out ushort session)
    {
        session = 0;
        if (IsExhausted || _sessions.Count >= maxSessions || destination.IsNone || network == MuxNetwork.None)
            return false;
        session = (ushort)_next++;
        _sessions[session] = new Session(network, destination, globalId, IsNew: true);
        return true;
    }

    /// <summary>Opens a TCP session at the server at once, without data.</summary>
    /// <returns>Octets written; 0 if the session is not open, or the server has heard of it.</returns>
    public int WriteNew(ushort session, Span<byte> destination)
    {
        if (!_sessions.TryGetValue(session, out var open) || !open.IsNew)
            return 0;
        _sessions[session] = open with { IsNew = false };
        return MuxWire.WriteHeader(
            new MuxFrame(
                session, MuxStatus.New, HasData: false, Network: open.Network, Destination: open.Destination),
            0,
            destination);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The first frame of a session opens it. The address is where a datagram goes; none: where the session goes. None
    /// for TCP.
    /// </remarks>
    public int WriteData(ushort session, in Destination address, int dataLength, Span<byte> destination)
    {
        if (!_sessions.TryGetValue(session, out var open) || !MuxFlow.IsSendable(open.Network, dataLength))
            return 0;
        if (open.IsNew)
        {
            _sessions[session] = open with { IsNew = false };
            var first = address.IsNone ? open.Destination : address;
            return MuxWire.WriteHeader(
                new MuxFrame(session, MuxStatus.New, true, false, open.Network, first, open.GlobalId),
                dataLength,
                destination);
        }

        var to = open.Network == MuxNetwork.Tcp ? default : address.IsNone ? open.Destination : address;
        var network = to.IsNone ? MuxNetwork.None : MuxNetwork.Udp;
        return MuxWire.WriteHeader(
            new MuxFrame(session, MuxStatus.Keep, true, false, network, to), dataLength, destination);
    }

    /// <summary>Writes the end of a session and forgets it; 0 if the server does not know it (any more).</summary>
    public int WriteEnd(ushort session, bool withError, Span<byte> destination, byte code = 0) =>
        _sessions.Remove(session, out var open) && !open.IsNew
            ? MuxFlow.WriteEnd(session, withError, destination, code)
            : 0;

    /// <inheritdoc/>
    public int WriteWord(ushort session, MuxWord word, uint value, Span<byte> destination) =>
        _sessions.ContainsKey(session) ? MuxFlow.WriteWord(session, word, value, destination) : 0;

    /// <inheritdoc/>
    public void Forget(ushort session) => _sessions.Remove(session);

    /// <summary>Takes one frame off the front of <paramref name="input"/>.</summary>
    /// <param name="input">What came; show the rest again.</param>
    /// <param name="output">At least <see cref="MaxOutput"/> octets.</param>
    /// <param name="consumed">Octets taken.</param>
    /// <param name="produced">Octets to send.</param>
    /// <param name="happened">What the frame means, at <see cref="ParseStatus.Done"/>.</param>
    /// <param name="data">Its data, valid until the next call.</param>
    public ParseStatus Feed(
        ReadOnlySpan<byte> input,
        Span<byte> output,
        out int consumed,
        out int produced,
        out MuxEvent happened,
        out ReadOnlySpan<byte> data)
    {
        (produced, happened) = (0, default);
        var status = _reader.Feed(input, out consumed, out var frame, out data, out var fault);
        Fault = fault;
        if (status != ParseStatus.Done)
            return status;
        var isOpen = _sessions.TryGetValue(frame.Session, out var open);
        switch (frame.Status)
        {
            case MuxStatus.Keep when isOpen:
                happened = MuxFlow.Data(frame, open.Network, open.Destination);
                break;
            case MuxStatus.Keep when frame.HasData:
                produced = MuxFlow.WriteEnd(frame.Session, withError: false, output);
                break;
            case MuxStatus.End when _sessions.Remove(frame.Session):
                happened = new MuxEvent(
                    MuxEventKind.Close, frame.Session, open.Network, open.Destination, 0, frame.HasError)
                {
                    Value = frame.Value,
                };
                break;
            case MuxStatus.KeepAlive when isOpen:
                happened = MuxFlow.Word(frame, open.Network, open.Destination);
                break;
            default:
                break;
        }

        if (happened.Kind != MuxEventKind.Data)
            data = default;
        return ParseStatus.Done;
    }

    private readonly record struct Session(MuxNetwork Network, Destination Destination, ulong GlobalId, bool IsNew);
}
