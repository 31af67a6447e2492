using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Mux;

namespace Karez.Client.Sharing;

/// <summary>One connection that carries many flows, on its own loop; docs/decisions/connections.md.</summary>
/// <remarks>Load and standing are read and changed under the lock of <see cref="Carriers"/>.</remarks>
internal sealed class Carrier : IAsyncDisposable
{
    private readonly Carriers _carriers;
    private readonly VlessLeg _leg;
    private readonly FrameOutbox _frames;
    private readonly MuxClient _machine = new();
    private readonly MuxBudget _budget = new();
    private readonly Dictionary<ushort, Session> _sessions = [];
    private readonly HashSet<Task> _running = [];
    private bool _isOver;
    private bool _wasEmpty;

    /// <param name="carriers">The owner.</param>
    /// <param name="leg">A stream whose node agreed to share; owned from now on.</param>
    public Carrier(Carriers carriers, VlessLeg leg)
    {
        (_carriers, _leg) = (carriers, leg);
        _frames = new FrameOutbox(leg);
    }

    /// <summary>Sub-flows that it has, or will have in a moment.</summary>
    public int Load { get; set; }

    /// <summary>Sub-flows that it ever had; numbers are used once.</summary>
    public int Opened { get; set; }

    /// <summary>Whether it takes further ones.</summary>
    public bool IsOpen => Load < MuxServer.DefaultMaxSessions && Opened < ushort.MaxValue;

    public EventLoop Loop => _leg.Tunnel.Connection.Loop;

    /// <summary>Takes a sub-flow that was counted; from any thread.</summary>
    public void Take(SubFlow flow) => Loop.Post(
        static state =>
        {
            var (carrier, flow) = ((Carrier, SubFlow))state!;
            carrier.Begin(flow);
        },
        (this, flow));

    /// <summary>Carries until the end; never throws for what the network does.</summary>
    public async ValueTask RunAsync()
    {
        LoopTimer? idle = null;
        idle = new LoopTimer(Loop, () => Look(idle!)); // set before the timer can run
        using (_leg)
        using (idle)
        {
            idle.Set(_carriers.IdleLook);
            try
            {
                await ReceiveAsync();
            }
            catch (Exception exception) when (exception is ConnectionException or TunnelException)
            {
                // Its sub-flows end as cut connections do.
            }

            _isOver = true;
            _carriers.Remove(this);
            _leg.Tunnel.Connection.Abort(ConnectionFault.Closed);
            foreach (var session in _sessions.Values)
                session.Shared.Break(ConnectionFault.Reset);
            await DisposeAsync();
            while (_running.Count > 0)
                await Task.WhenAll(_running.ToArray());
        }
    }

    /// <summary>Takes no more frames; once the connection is over.</summary>
    public ValueTask DisposeAsync() => _frames.DisposeAsync();

    private void Begin(SubFlow flow)
    {
        Connection? far = null;
        try
        {
            far = flow.Far.Adopt(Loop);
        }
        catch (ConnectionException)
        {
            // The loop ends, or its kernel has no room to watch one more.
        }

        if (far is null || _isOver || !_machine.TryOpen(MuxNetwork.Tcp, flow.Destination, 0, out var number))
        {
            flow.Ended(isBroken: true);
            far?.Dispose();
            _carriers.Ended(this);
            return;
        }

        var terms = new SharedTerms { IsBroken = () => flow.NearBroke };
        var session = new Session(flow, far, new SharedFlow(_frames, _machine, number, _budget, terms));
        _sessions[number] = session;
        Loop.Start(CarryAsync, session);
    }

    private async ValueTask CarryAsync(Session session)
    {
        var over = new TaskCompletionSource();
        _running.Add(over.Task);
        try
        {
            await _frames.WriteAsync(
                MuxWire.MaxHeader,
                (Machine: _machine, session.Shared.Session),
                static (opened, room) => opened.Machine.WriteNew(opened.Session, room));
            await session.Shared.RunAsync(session.Far);
        }
        catch (ConnectionException)
        {
            session.Shared.Break(ConnectionFault.Reset);
        }

        session.Flow.Ended(session.Shared.IsBroken, session.Code);
        session.Far.Dispose();
        await session.Shared.EndAsync(isKnown: session.IsKnown || _isOver);
        session.Shared.Close();
        _sessions.Remove(session.Shared.Session);
        _carriers.Ended(this);
        _running.Remove(over.Task);
        over.SetResult();
    }

    private async ValueTask ReceiveAsync()
    {
        while (true)
        {
            var content = await _leg.ReceiveAsync();
            if (content.IsEmpty)
                return;
            while (true)
            {
                var status = Handle(content.Span, out var consumed);
                content = content[consumed..];
                if (status == ParseStatus.Failed)
                    return;
                if (status == ParseStatus.NeedInput)
                    break;
            }

            _frames.Flush();
        }
    }

    private ParseStatus Handle(ReadOnlySpan<byte> input, out int consumed)
    {
        Span<byte> output = stackalloc byte[MuxClient.MaxOutput];
        var status = _machine.Feed(input, output, out consumed, out var produced, out var happened, out var data);
        if (produced > 0 && _frames.TryReserve(produced, out var room))
        {
            output[..produced].CopyTo(room);
            _frames.Commit(produced);
        }

        if (happened.Kind == MuxEventKind.None || !_sessions.TryGetValue(happened.Session, out var session))
            return status;
        switch (happened.Kind)
        {
            case MuxEventKind.Data when !session.Shared.Take(data):
            case MuxEventKind.Word when !session.Shared.Hear(happened.Word, happened.Value):
                return ParseStatus.Failed;
            case MuxEventKind.Word when happened.Word == MuxWord.Connected:
                session.Flow.Reached();
                break;
            case MuxEventKind.Close:
                (session.IsKnown, session.Code) = (true, (byte)happened.Value);
                session.Shared.Break(ConnectionFault.Reset);
                break;
        }

        return status;
    }

    private void Look(LoopTimer idle)
    {
        if (_wasEmpty && _carriers.TryRemoveEmpty(this))
        {
            Loop.Start(LeaveAsync);
            return;
        }

        _wasEmpty = Load == 0; // a glance; what counts is looked at under the lock
        idle.Set(_carriers.IdleLook);
    }

    private async ValueTask LeaveAsync()
    {
        using var limit = new LoopTimer(Loop, () => _leg.Tunnel.Connection.Abort(ConnectionFault.TimedOut));
        limit.Set(s_leave);
        try
        {
            await _frames.FinishAsync();
        }
        catch (ConnectionException)
        {
            // It is over already.
        }

        _leg.Tunnel.Connection.Abort(ConnectionFault.Closed);
    }

    private sealed class Session(SubFlow flow, Connection far, SharedFlow shared)
    {
        public SubFlow Flow => flow;

        public Connection Far => far;

        public SharedFlow Shared => shared;

        /// <summary>The node ended it.</summary>
        public bool IsKnown { get; set; }

        /// <summary>Why, if it said so.</summary>
        public byte Code { get; set; }
    }

    private static readonly TimeSpan s_leave = TimeSpan.FromSeconds(1);
}
