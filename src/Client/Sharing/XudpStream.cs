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
    private readonly MuxClient _machine = new(isXudp: true);
    private readonly Dictionary<ushort, XudpSession> _sessions = [];
    private readonly TaskCompletionSource<Exception?> _made =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Tunneled? _tunneled;
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
            var tunneled = _tunneled = new Tunneled(leg, new FrameOutbox(leg));
            _made.SetResult(null);
            try
            {
                if (!_isOver)
                    await ReceiveAsync(tunneled);
            }
            catch (Exception exception) when (exception is ConnectionException or TunnelException)
            {
                // The next datagram of each socket finds another stream.
            }

            _isOver = true;
            streams.Remove(this);
            leg.Tunnel.Connection.Abort(ConnectionFault.Closed);
            foreach (var session in _sessions.Values)
                session.Broke();
            _sessions.Clear();
            await tunneled.Frames.DisposeAsync();
        }
    }

    /// <summary>Takes a datagram of a session, or drops it; on this loop.</summary>
    public bool TryWrite(XudpSession session, in Destination destination, ReadOnlySpan<byte> payload)
    {
        if (session.Number is null)
            Begin(session, destination);
        if (session.Number is not { } number || !IsSessions(session, number) || _tunneled is not { } tunneled)
            return false;
        var length = MuxWire.MaxHeader + payload.Length;
        var hasRoom = _sessions.Count > 1
            ? tunneled.Frames.TryReserve(length, session.Share, out var room)
            : tunneled.Frames.TryReserve(length, out room);
        if (!hasRoom)
            return false;
        var header = _machine.WriteData(number, destination, payload.Length, room);
        if (header == 0)
            return false;
        payload.CopyTo(room[header..]);
        tunneled.Frames.Commit(header + payload.Length);
        return true;
    }

    /// <summary>Lets what was collected leave; on this loop.</summary>
    public void Flush() => _tunneled?.Frames.Flush();

    /// <summary>Tells the node that a session is over; on this loop.</summary>
    public void End(XudpSession session)
    {
        if (session.Number is { } number && IsSessions(session, number) && _tunneled is { } tunneled)
            loop.Start(EndAsync, (tunneled.Frames, number));
    }

    /// <summary>The last session is over. From any thread.</summary>
    public void End() => loop.Post(
        static state =>
        {
            var stream = (XudpStream)state!;
            if (stream is { _isOver: false, _tunneled: { } tunneled })
                stream.Loop.Start(stream.LeaveAsync, tunneled);
            stream._isOver = true; // also one that is still being made
        },
        this);

    private bool IsSessions(XudpSession session, ushort number) =>
        _sessions.TryGetValue(number, out var known) && known == session;

    private void Begin(XudpSession session, in Destination destination)
    {
        if (_isOver || !_machine.TryOpen(MuxNetwork.Udp, destination, session.GlobalId, out var number))
        {
            session.Broke();
            return;
        }

        session.Number = number;
        _sessions[number] = session;
    }

    private async ValueTask ReceiveAsync(Tunneled tunneled)
    {
        while (true)
        {
            var content = await tunneled.Leg.ReceiveAsync();
            if (content.IsEmpty)
                return;
            while (true)
            {
                var status = Handle(tunneled.Frames, content.Span, out var consumed);
                content = content[consumed..];
                if (status == ParseStatus.Failed)
                    return;
                if (status == ParseStatus.NeedInput)
                    break;
            }

            tunneled.Frames.Flush();
        }
    }

    private ParseStatus Handle(FrameOutbox frames, ReadOnlySpan<byte> input, out int consumed)
    {
        Span<byte> output = stackalloc byte[MuxClient.MaxOutput];
        var status = _machine.Feed(input, output, out consumed, out var produced, out var happened, out var data);
        if (produced > 0 && frames.TryReserve(produced, out var room))
        {
            output[..produced].CopyTo(room);
            frames.Commit(produced);
        }

        if (happened.Kind == MuxEventKind.None || !_sessions.TryGetValue(happened.Session, out var session))
            return status;
        if (happened.Kind == MuxEventKind.Data && !data.IsEmpty)
        {
            session.Deliver(happened.Destination, data);
        }
        else if (happened.Kind == MuxEventKind.Close)
        {
            _sessions.Remove(happened.Session);
            session.Broke();
        }

        return status;
    }

    private async ValueTask EndAsync((FrameOutbox Frames, ushort Number) end)
    {
        _sessions.Remove(end.Number);
        try
        {
            await end.Frames.WriteAsync(
                MuxWire.MaxHeader,
                (Machine: _machine, end.Number),
                static (end, room) => end.Machine.WriteEnd(end.Number, withError: false, room));
        }
        catch (ConnectionException)
        {
            // All of it is over.
        }
    }

    private async ValueTask LeaveAsync(Tunneled tunneled)
    {
        var connection = tunneled.Leg.Tunnel.Connection;
        using var limit = new LoopTimer(loop, () => connection.Abort(ConnectionFault.TimedOut));
        limit.Set(s_leave);
        try
        {
            await tunneled.Frames.FinishAsync();
        }
        catch (ConnectionException)
        {
            // It is over already.
        }

        connection.Abort(ConnectionFault.Closed);
    }

    private sealed record Tunneled(VlessLeg Leg, FrameOutbox Frames);

    private static readonly TimeSpan s_leave = TimeSpan.FromSeconds(1);
}
