using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Mux;

namespace Karez.Client.Sharing;

/// <summary>
/// One connection that carries the datagrams of one socket or of many, each socket's in an XUDP session; on its own
/// loop. docs/protocols/datagrams.md has the limits.
/// </summary>
/// <remarks>Load and numbers are read and changed under the lock of <see cref="XudpStreams"/>.</remarks>
internal sealed class XudpStream(XudpStreams streams, EventLoop loop)
{
    private readonly Dictionary<ushort, XudpSession> _sessions = [];
    private readonly TaskCompletionSource<Exception?> _made =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MuxLeg? _mux;
    private bool _isOver;

    /// <summary>Sessions that it has, or will have in a moment.</summary>
    public int Load { get; set; }

    /// <summary>Sessions that it ever had; numbers are used once.</summary>
    public int Opened { get; set; }

    /// <summary>Whether it takes further ones.</summary>
    public bool HasRoom => Load < MuxServer.DefaultMaxSessions && Opened <= ushort.MaxValue;

    /// <summary>Whether it was made. From any thread.</summary>
    public bool Stands => _made.Task.IsCompleted;

    /// <summary>Completes when it stands, or with why it did not come about.</summary>
    public Task<Exception?> Made => _made.Task;

    /// <summary>Where it is.</summary>
    public EventLoop Loop => loop;

    /// <summary>Makes it and carries until the end; never throws for what the network does.</summary>
    public async ValueTask RunAsync(Func<EventLoop, ValueTask<VlessLeg>> open)
    {
        VlessLeg leg;
        try
        {
            leg = await open(loop);
        }
        catch (Exception exception) when (exception is ConnectionException or TunnelException)
        {
            streams.Remove(this);
            _made.SetResult(exception);
            return;
        }

        using (leg)
        {
            var mux = _mux = new MuxLeg(leg, new FrameOutbox(leg), new MuxClient(isXudp: true));
            _made.SetResult(null);
            try
            {
                if (!_isOver)
                    await mux.ReceiveAsync(Hear);
            }
            catch (Exception exception) when (exception is ConnectionException or TunnelException)
            {
                // The next datagram of each socket finds another stream.
            }

            _isOver = true;
            streams.Remove(this);
            mux.Abort();
            foreach (var session in _sessions.Values)
                session.Broke();
            _sessions.Clear();
            await mux.Frames.DisposeAsync();
        }
    }

    /// <summary>Takes a datagram of a session, or drops it; on this loop.</summary>
    public bool TryWrite(XudpSession session, in Destination destination, ReadOnlySpan<byte> payload)
    {
        if (_mux is not { } mux)
            return false;
        if (session.Number is null)
            Begin(mux, session, destination);
        return session.Number is { } number && IsSessions(session, number) && mux.Frames.TryWriteDatagram(
            mux.Machine, number, _sessions.Count > 1 ? session.Share : null, destination, payload);
    }

    /// <summary>Lets what was collected leave; on this loop.</summary>
    public void Flush() => _mux?.Frames.Flush();

    /// <summary>Tells the node that a session is over; on this loop.</summary>
    public void End(XudpSession session)
    {
        if (session.Number is { } number && IsSessions(session, number) && _mux is { } mux)
            loop.Start(EndAsync, (mux, number));
    }

    /// <summary>The last session is over. From any thread.</summary>
    public void End() => loop.Post(
        static state =>
        {
            var stream = (XudpStream)state!;
            if (stream is { _isOver: false, _mux: { } mux })
                stream.Loop.Start(mux.LeaveAsync);
            stream._isOver = true; // also one that is still being made
        },
        this);

    private bool IsSessions(XudpSession session, ushort number) =>
        _sessions.TryGetValue(number, out var known) && known == session;

    private void Begin(MuxLeg mux, XudpSession session, in Destination destination)
    {
        if (_isOver || !mux.Machine.TryOpen(MuxNetwork.Udp, destination, session.GlobalId, out var number))
        {
            session.Broke();
            return;
        }

        session.Number = number;
        _sessions[number] = session;
    }

    private bool Hear(in MuxEvent happened, ReadOnlySpan<byte> data)
    {
        if (!_sessions.TryGetValue(happened.Session, out var session))
            return true;
        if (happened.Kind == MuxEventKind.Data && !data.IsEmpty)
        {
            session.Deliver(happened.Destination, data);
        }
        else if (happened.Kind == MuxEventKind.Close)
        {
            _sessions.Remove(happened.Session);
            session.Broke();
        }

        return true;
    }

    private async ValueTask EndAsync((MuxLeg Mux, ushort Number) end)
    {
        _sessions.Remove(end.Number);
        try
        {
            await end.Mux.Frames.WriteAsync(
                MuxWire.MaxHeader,
                (end.Mux.Machine, end.Number),
                static (end, room) => end.Machine.WriteEnd(end.Number, withError: false, room));
        }
        catch (ConnectionException)
        {
            // All of it is over.
        }
    }
}
