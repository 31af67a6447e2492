using Karez.Proxy.Vless;

namespace Karez.Proxy.Mux;

/// <summary>The server's side of a Mux.Cool stream, XUDP included.</summary>
/// <param name="rule">Which sessions the request allows.</param>
/// <param name="maxSessions">How many may be open at once.</param>
public sealed class MuxServer(VlessMuxRule rule, int maxSessions = MuxServer.DefaultMaxSessions) : IMuxSpeaker
{
    /// <summary>Sessions open at once, unless told otherwise.</summary>
    public const int DefaultMaxSessions = 256;

    /// <summary>No call of <see cref="Feed"/> produces more.</summary>
    public const int MaxOutput = 2 + MuxWire.MinMeta;

    private readonly MuxReader _reader = new();
    private readonly Dictionary<ushort, (MuxNetwork Network, Destination Destination)> _sessions = [];

    /// <summary>Sessions open now.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>What the client did wrong, at <see cref="ParseStatus.Failed"/>: close the stream.</summary>
    public MuxFault Fault { get; private set; }

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
        if (status == ParseStatus.Done)
            fault = Handle(frame, output, out produced, out happened);
        if (happened.Kind is MuxEventKind.None or MuxEventKind.Close)
            data = default;
        Fault = fault;
        return fault == MuxFault.None ? status : ParseStatus.Failed;
    }

    /// <inheritdoc/>
    /// <remarks>The address is where a datagram came from; none for TCP.</remarks>
    public int WriteData(ushort session, in Destination address, int dataLength, Span<byte> destination)
    {
        if (!_sessions.TryGetValue(session, out var open) || !MuxFlow.IsSendable(open.Network, dataLength))
            return 0;
        var network = address.IsNone ? MuxNetwork.None : MuxNetwork.Udp;
        return MuxWire.WriteHeader(
            new MuxFrame(session, MuxStatus.Keep, HasData: true, Network: network, Destination: address),
            dataLength,
            destination);
    }

    /// <summary>Writes the end of a session and forgets it; 0 if it is not open.</summary>
    /// <param name="session">The session.</param>
    /// <param name="withError">It broke.</param>
    /// <param name="destination">At most <see cref="MuxWire.MaxHeader"/> octets are written.</param>
    /// <param name="code">Why, to a client that agreed to hear it; else 0.</param>
    public int WriteEnd(ushort session, bool withError, Span<byte> destination, byte code = 0) =>
        _sessions.Remove(session) ? MuxFlow.WriteEnd(session, withError, destination, code) : 0;

    /// <inheritdoc/>
    public int WriteWord(ushort session, MuxWord word, uint value, Span<byte> destination) =>
        _sessions.ContainsKey(session) ? MuxFlow.WriteWord(session, word, value, destination) : 0;

    /// <inheritdoc/>
    public void Forget(ushort session) => _sessions.Remove(session);

    private MuxFault Handle(in MuxFrame frame, Span<byte> output, out int produced, out MuxEvent happened)
    {
        (produced, happened) = (0, default);
        var isOpen = _sessions.TryGetValue(frame.Session, out var open);
        switch (frame.Status)
        {
            case MuxStatus.New when isOpen:
                return MuxFault.DuplicateSession;
            case MuxStatus.New when !IsAllowed(frame):
                return MuxFault.NotAllowed;
            case MuxStatus.New when frame.Destination.IsNone || _sessions.Count >= maxSessions:
                produced = MuxFlow.WriteEnd(frame.Session, withError: true, output);
                break;
            case MuxStatus.New:
                _sessions[frame.Session] = (frame.Network, frame.Destination);
                happened = new MuxEvent(
                    MuxEventKind.Open, frame.Session, frame.Network, frame.Destination, frame.GlobalId, false);
                break;
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

        return MuxFault.None;
    }

    private bool IsAllowed(in MuxFrame frame) => rule switch
    {
        VlessMuxRule.Any => true,
        VlessMuxRule.DatagramsOnly => frame.Network == MuxNetwork.Udp,
        _ => frame.Network == MuxNetwork.Udp && frame.Session == 0,
    };
}
