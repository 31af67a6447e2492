using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;

namespace Karez.Net.Relay;

/// <summary>Carries one stream of command 3 at the node: its sessions, each with a socket of the exit.</summary>
/// <remarks>Limits and lifetimes: docs/protocols/datagrams.md.</remarks>
public sealed class MuxFlow
{
    private readonly VlessLeg _leg;
    private readonly MuxServer _machine;
    private readonly bool _isShared;
    private readonly Dictionary<ushort, MuxSession> _sessions = [];
    private readonly HashSet<MuxSession> _running = [];
    private bool _hadSession;
    private bool _isXudp;
    private bool _isEnding;
    private bool _isOver;
    private bool _wasEmpty;

    /// <summary>Binds the stream; the caller keeps and disposes it.</summary>
    /// <param name="leg">The stream.</param>
    /// <param name="rule">What may be opened.</param>
    /// <param name="terms">Who it is for.</param>
    /// <param name="isShared">The client offered windows, and is told that they are taken.</param>
    public MuxFlow(VlessLeg leg, VlessMuxRule rule, SessionTerms terms, bool isShared = false)
    {
        (_leg, Terms, _isShared) = (leg, terms, isShared);
        _machine = new MuxServer(rule, isShared ? MaxShared : MuxServer.DefaultMaxSessions);
        Frames = new FrameOutbox(leg);
    }

    internal EventLoop Loop => _leg.Tunnel.Connection.Loop;

    internal SessionTerms Terms { get; }

    internal FrameOutbox Frames { get; }

    internal MuxBudget Budget { get; } = new();

    /// <summary>Carries until the end; never throws for what the network does.</summary>
    /// <returns>False if the very first frame was none that this request may send: nothing was answered then.</returns>
    public async ValueTask<bool> RunAsync()
    {
        var wasProper = true;
        LoopTimer? timer = null;
        timer = new LoopTimer(Loop, () => Look(timer!)); // set before the timer can run
        using (timer)
        {
            timer.Set(Terms.Datagrams.Idle / 4);
            try
            {
                if (_isShared)
                    await _leg.SendSharingAsync();
                wasProper = await ReceiveAsync();
                if (wasProper)
                    await FinishAsync();
            }
            catch (Exception exception) when (exception is ConnectionException or TunnelException)
            {
                // The client went away, or broke something.
            }

            if (wasProper || _hadSession)
                _leg.Tunnel.Connection.Abort(ConnectionFault.Closed); // so that nobody waits for it to take frames
            _isOver = true;
            foreach (var session in _running.ToArray())
                session.Abort();
            await Frames.DisposeAsync();
            await Task.WhenAll(_running.Select(s => s.Running));
        }

        return wasProper || _hadSession;
    }

    /// <summary>Queues a datagram of a session with its source; false if it was dropped.</summary>
    internal bool TryWriteData(
        ushort session, OutboxShare share, in Destination source, ReadOnlySpan<byte> payload) =>
        Frames.TryWriteDatagram(_machine, session, _running.Count > 1 ? share : null, source, payload);

    /// <summary>Reads from a connection straight into a frame; false if there is nothing.</summary>
    /// <exception cref="ConnectionException">The connection is over.</exception>
    internal bool TryReadInto(ushort session, Connection remote, out int count)
    {
        count = 0;
        if (!Frames.TryReserve(MuxWire.StreamHeader + MuxWire.MaxData, out var room)
            || !remote.TryRead(room[MuxWire.StreamHeader..], out count))
        {
            Frames.Flush();
            return false;
        }

        if (count > 0 && _machine.WriteData(session, default, count, room) == MuxWire.StreamHeader)
            Frames.Commit(MuxWire.StreamHeader + count);
        return true;
    }

    /// <summary>A session is over: tells the client, unless that is how it ended.</summary>
    internal async ValueTask EndAsync(MuxSession session, bool withError)
    {
        try
        {
            if (_sessions.TryGetValue(session.Number, out var known) && known == session)
            {
                _sessions.Remove(session.Number);
                await WriteEndAsync(session.Number, withError);
            }
        }
        catch (ConnectionException)
        {
            // The stream is over as well.
        }

        _running.Remove(session);
        if (_isXudp && _running.Count == 0 && !_isOver)
            EndSoon();
    }

    /// <summary>A session is over, and has told the client itself.</summary>
    internal void Forget(MuxSession session)
    {
        if (_sessions.TryGetValue(session.Number, out var known) && known == session)
            _sessions.Remove(session.Number);
        _running.Remove(session);
    }

    /// <summary>Ends the stream: the client broke its rules.</summary>
    internal void Abort() => _leg.Tunnel.Connection.Abort(ConnectionFault.Aborted);

    private ValueTask WriteEndAsync(ushort session, bool withError) => Frames.WriteAsync(
        MuxWire.MaxHeader,
        (Machine: _machine, Session: session, WithError: withError),
        static (end, room) => end.Machine.WriteEnd(end.Session, end.WithError, room));

    /// <returns>False when the client broke the rules.</returns>
    private async ValueTask<bool> ReceiveAsync()
    {
        while (true)
        {
            var content = await _leg.ReceiveAsync();
            if (content.IsEmpty)
                return true;
            while (true)
            {
                var status = Handle(content.Span, out var consumed, out var session);
                content = content[consumed..];
                if (status == ParseStatus.Failed)
                    return false;
                if (status == ParseStatus.NeedInput)
                    break;
                if (session is not null)
                    await session.WaitForRoomAsync();
            }

            Frames.Flush();
        }
    }

    private ParseStatus Handle(ReadOnlySpan<byte> input, out int consumed, out MuxSession? session)
    {
        Span<byte> output = stackalloc byte[MuxServer.MaxOutput];
        var status = _machine.Feed(input, output, out consumed, out var produced, out var happened, out var data);
        if (produced > 0 && Frames.TryReserve(produced, out var room))
        {
            output[..produced].CopyTo(room);
            Frames.Commit(produced);
        }

        _ = _sessions.TryGetValue(happened.Session, out session);
        switch (happened.Kind)
        {
            case MuxEventKind.Open:
                session = Open(happened);
                session.Take(happened.Destination, data);
                break;
            case MuxEventKind.Data:
                session?.Take(happened.Destination, data);
                break;
            case MuxEventKind.Close:
                _sessions.Remove(happened.Session);
                session?.Finish();
                break;
            case MuxEventKind.Word when _isShared:
                session?.Hear(happened.Word, happened.Value);
                break;
        }

        return status;
    }

    private MuxSession Open(in MuxEvent happened)
    {
        MuxSession session = (happened.Network, _isShared) switch
        {
            (MuxNetwork.Udp, _) => new DatagramSession(this, happened.Session, happened.GlobalId),
            (_, true) => new SharedStreamSession(this, happened.Session, happened.Destination, _machine),
            _ => new StreamSession(this, happened.Session, happened.Destination),
        };
        _hadSession = true;
        _isXudp |= session.Number == 0; // such a stream ends with its last session
        _sessions[session.Number] = session;
        _running.Add(session);
        session.Start();
        return session;
    }

    /// <summary>
    /// Ends what is still for too long: sessions, the stream without any, the stream that will not end.
    /// </summary>
    private void Look(LoopTimer timer)
    {
        foreach (var session in _running.Where(s => s.IsIdle).ToArray())
            session.Abort();
        if (_isEnding)
            _leg.Tunnel.Connection.Abort(ConnectionFault.TimedOut);
        if (_running.Count == 0 && _wasEmpty)
            EndSoon();
        _wasEmpty = _running.Count == 0;
        timer.Set(_wasEmpty ? Terms.Datagrams.Idle : Terms.Datagrams.Idle / 4);
    }

    private void EndSoon()
    {
        if (!_isEnding)
            Loop.Start(EndNowAsync);
    }

    private async ValueTask EndNowAsync()
    {
        try
        {
            await FinishAsync();
        }
        catch (ConnectionException)
        {
            // It is over already.
        }

        _leg.Tunnel.Connection.Abort(ConnectionFault.Closed);
    }

    private async ValueTask FinishAsync()
    {
        if (_isEnding)
            return;
        _isEnding = true;
        await Frames.FinishAsync();
    }

    // Twice of what our client opens: a session may be over there while its last octets are still written here.
    private const int MaxShared = 2 * MuxServer.DefaultMaxSessions;
}
