using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy.Mux;

namespace Karez.Client.Sharing;

/// <summary>One connection that carries many flows, on its own loop; docs/decisions/connections.md.</summary>
/// <remarks>Load and standing are read and changed under the lock of <see cref="Carriers"/>.</remarks>
internal sealed class Carrier : IAsyncDisposable
{
    private readonly Carriers _carriers;
    private readonly MuxLeg _mux;
    private readonly MuxBudget _budget = new();
    private readonly Dictionary<ushort, Session> _sessions = [];
    private readonly HashSet<Task> _running = [];
    private bool _isOver;
    private bool _wasEmpty;

    /// <param name="carriers">The owner.</param>
    /// <param name="leg">A stream whose node agreed to share; owned from now on.</param>
    public Carrier(Carriers carriers, VlessLeg leg) =>
        (_carriers, _mux) = (carriers, new MuxLeg(leg, new FrameOutbox(leg), new MuxClient()));

    /// <summary>Sub-flows that it has, or will have in a moment.</summary>
    public int Load { get; set; }

    /// <summary>Sub-flows that it ever had; numbers are used once.</summary>
    public int Opened { get; set; }

    /// <summary>Whether it takes further ones.</summary>
    public bool IsOpen => Load < MuxServer.DefaultMaxSessions && Opened < ushort.MaxValue;

    public EventLoop Loop => _mux.Loop;

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
        using (_mux.Leg)
        using (idle)
        {
            idle.Set(_carriers.IdleLook);
            try
            {
                await _mux.ReceiveAsync(Hear);
            }
            catch (Exception exception) when (exception is ConnectionException or TunnelException)
            {
                // Its sub-flows end as cut connections do.
            }

            _isOver = true;
            _carriers.Remove(this);
            _mux.Abort();
            foreach (var session in _sessions.Values)
                session.Shared.Break(ConnectionFault.Reset);
            await DisposeAsync();
            while (_running.Count > 0)
                await Task.WhenAll(_running.ToArray());
        }
    }

    /// <summary>Takes no more frames; once the connection is over.</summary>
    public ValueTask DisposeAsync() => _mux.Frames.DisposeAsync();

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

        if (far is null || _isOver || !_mux.Machine.TryOpen(MuxNetwork.Tcp, flow.Destination, 0, out var number))
        {
            flow.Ended(isBroken: true);
            far?.Dispose();
            _carriers.Ended(this);
            return;
        }

        var terms = new SharedTerms { IsBroken = () => flow.NearBroke };
        var session = new Session(flow, far, new SharedFlow(_mux.Frames, _mux.Machine, number, _budget, terms));
        _sessions[number] = session;
        Loop.Start(CarryAsync, session);
    }

    private async ValueTask CarryAsync(Session session)
    {
        var over = new TaskCompletionSource();
        _running.Add(over.Task);
        try
        {
            await _mux.Frames.WriteAsync(
                MuxWire.MaxHeader,
                (_mux.Machine, session.Shared.Session),
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

    private bool Hear(in MuxEvent happened, ReadOnlySpan<byte> data)
    {
        if (!_sessions.TryGetValue(happened.Session, out var session))
            return true;
        switch (happened.Kind)
        {
            case MuxEventKind.Data when !session.Shared.Take(data):
            case MuxEventKind.Word when !session.Shared.Hear(happened.Word, happened.Value):
                return false;
            case MuxEventKind.Word when happened.Word == MuxWord.Connected:
                session.Flow.Reached();
                break;
            case MuxEventKind.Close:
                (session.IsKnown, session.Code) = (true, (byte)happened.Value);
                session.Shared.Break(ConnectionFault.Reset);
                break;
        }

        return true;
    }

    private void Look(LoopTimer idle)
    {
        if (_wasEmpty && _carriers.TryRemoveEmpty(this))
        {
            Loop.Start(_mux.LeaveAsync);
            return;
        }

        _wasEmpty = Load == 0; // a glance; what counts is looked at under the lock
        idle.Set(_carriers.IdleLook);
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
}
