using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Proxy;

namespace Karez.Client.Sharing;

/// <summary>
/// One socket's datagrams in a stream, which may be on another loop than the socket. Members are for the socket's loop
/// but where it is said.
/// </summary>
internal sealed class XudpSession
{
    private readonly XudpStreams _streams;
    private readonly XudpStream _stream;
    private readonly EventLoop _here;
    private readonly DatagramReceiver _receiver;
    private readonly DatagramLane? _up;
    private readonly DatagramLane? _down;
    private readonly bool _isShared;
    private int _hasLeft;

    /// <param name="streams">Told of its end.</param>
    /// <param name="stream">A stream that stands, in which it was counted.</param>
    /// <param name="isShared">Whether another's socket was the first one there.</param>
    /// <param name="here">The socket's loop.</param>
    /// <param name="globalId">By which the node finds the socket's outer port again.</param>
    /// <param name="receiver">Called on the socket's loop with what comes.</param>
    public XudpSession(
        XudpStreams streams, XudpStream stream, bool isShared, EventLoop here, ulong globalId,
        DatagramReceiver receiver)
    {
        (_streams, _stream, _isShared, _here) = (streams, stream, isShared, here);
        (GlobalId, _receiver) = (globalId, receiver);
        if (here == stream.Loop)
            return;
        _up = new DatagramLane(
            stream.Loop, (in to, payload) => stream.TryWrite(this, to, payload), stream.Flush);
        _down = new DatagramLane(here, receiver, static () => { });
    }

    /// <summary>Called on the socket's loop when the stream broke, or the node ended the session.</summary>
    public Action? Ended { get; set; }

    /// <summary>Whether it is over, which is known before <see cref="Ended"/> is called. From any thread.</summary>
    public bool IsOver => Volatile.Read(ref _hasLeft) != 0;

    /// <summary>XUDP's id.</summary>
    public ulong GlobalId { get; }

    /// <summary>Its number in the stream, once it has one; for the stream.</summary>
    public ushort? Number { get; set; }

    /// <summary>What it has in the stream's buffer; for the stream.</summary>
    public OutboxShare Share { get; } = new();

    /// <summary>Sends a datagram; false if it was dropped.</summary>
    public bool TrySend(in Destination destination, ReadOnlySpan<byte> payload) =>
        _up?.TryPut(destination, payload) ?? _stream.TryWrite(this, destination, payload);

    /// <summary>Lets what was collected leave.</summary>
    public void Flush()
    {
        if (_up is null)
            _stream.Flush();
        else
            _up.Tell();
    }

    /// <summary>Nothing more comes from here, and nothing is expected.</summary>
    public void End()
    {
        Ended = null;
        _up?.Tell();
        if (_up is null)
            _stream.End(this);
        else
            _stream.Loop.Post(static state => ((XudpSession)state!).EndThere(), this);
        Leave();
    }

    /// <summary>Takes a datagram from the node; on the stream's loop.</summary>
    public void Deliver(in Destination source, ReadOnlySpan<byte> payload)
    {
        if (_down is null)
            _receiver(source, payload);
        else if (_down.TryPut(source, payload))
            _down.Tell();
    }

    /// <summary>The stream is over, or the node ended the session; on the stream's loop.</summary>
    public void Broke()
    {
        Leave();
        _here.Post(static state => ((XudpSession)state!).Ended?.Invoke(), this);
    }

    private void EndThere() => _stream.End(this);

    private void Leave()
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
            _streams.Leave(_stream, _isShared);
    }
}
