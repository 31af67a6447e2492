using Karez.Client.Endpoints;
using Karez.Net.Loops;
using Karez.Net.Tunnel;

namespace Karez.Client.Sharing;

/// <summary>
/// The streams for datagrams to one node. The first sockets have one each, further ones share, the least loaded first.
/// Used from all loops. docs/decisions/connections.md has the reasons.
/// </summary>
/// <param name="gate">What the address sees at a time.</param>
/// <param name="open">Opens a stream in a place that was counted.</param>
/// <param name="plan">The limits.</param>
internal sealed class XudpStreams(AddressGate gate, Func<EventLoop, ValueTask<VlessLeg>> open, EndpointPlan plan)
{
    private readonly Lock _lock = new();
    private readonly List<XudpStream> _streams = []; // those that are being made included

    // Datagrams can share at any node, flows of TCP at few: two thirds are left to those (our choice).
    private readonly int _most = plan.Connections == 0 ? int.MaxValue : Math.Max(1, plan.Connections / 3);

    /// <summary>Opens a session, in a stream of its own or in another's.</summary>
    /// <param name="loop">The calling loop.</param>
    /// <param name="globalId">By which the node finds the socket's outer port again.</param>
    /// <param name="receiver">Called on the loop with what comes.</param>
    /// <returns>Null when there is no place and nothing to share.</returns>
    /// <exception cref="TunnelException">The node cannot be reached.</exception>
    /// <exception cref="ConnectionException">The calling loop ends.</exception>
    public async ValueTask<XudpSession?> TryOpenAsync(EventLoop loop, ulong globalId, DatagramReceiver receiver)
    {
        while (true)
        {
            if (Choose(loop) is not { } seat)
            {
                if (!await gate.EnterDatagramsAsync(loop.Closing))
                    return null;
                seat = Add(loop);
            }

            if (!seat.IsShared)
                loop.Start(seat.Stream.RunAsync, open);
            var trouble = await WaitAsync(seat.Stream, loop);
            if (trouble is null)
                return new XudpSession(this, seat.Stream, seat.IsShared, loop, globalId, receiver);
            Leave(seat.Stream, seat.IsShared);
            if (trouble is TunnelException { } fault)
                throw new TunnelException(fault.Fault, innerException: fault.InnerException);
            if (loop.Closing.IsCancellationRequested)
                throw new ConnectionException(ConnectionFault.Closed);
            // Another loop ended, and the stream that it made: there are others.
        }
    }

    /// <summary>A session is over; the last one of a stream takes it along.</summary>
    public void Leave(XudpStream stream, bool wasShared)
    {
        bool isLast;
        lock (_lock)
        {
            isLast = --stream.Load == 0;
            if (isLast)
                _streams.Remove(stream); // nobody finds it any more
        }

        if (wasShared)
            gate.CountShared(-1);
        if (isLast)
            stream.End();
    }

    /// <summary>A stream is over, or did not come about.</summary>
    public void Remove(XudpStream stream)
    {
        lock (_lock)
            _streams.Remove(stream);
    }

    private (XudpStream Stream, bool IsShared)? Choose(EventLoop loop)
    {
        lock (_lock)
        {
            // One that stands, before one that is being made; then one on this loop.
            var least = _streams.Where(one => one.HasRoom)
                .MinBy(one => (!one.Stands, one.Load, one.Loop == loop ? 0 : 1));
            if ((least is null || _streams.Count < _most) && gate.TryEnterDatagrams(loop.Now))
                return AddUnlocked(loop);
            if (least is null)
                return null;
            least.Load++;
            least.Opened++;
            gate.CountShared(1);
            return (least, true);
        }
    }

    private (XudpStream Stream, bool IsShared) Add(EventLoop loop)
    {
        lock (_lock)
            return AddUnlocked(loop);
    }

    private (XudpStream Stream, bool IsShared) AddUnlocked(EventLoop loop)
    {
        var stream = new XudpStream(this, loop) { Load = 1, Opened = 1 };
        _streams.Add(stream);
        return (stream, false);
    }

    private static async ValueTask<Exception?> WaitAsync(XudpStream stream, EventLoop loop)
    {
        try
        {
            return await stream.Made.WaitAsync(loop.Closing);
        }
        catch (OperationCanceledException)
        {
            return new ConnectionException(ConnectionFault.Closed);
        }
    }
}
