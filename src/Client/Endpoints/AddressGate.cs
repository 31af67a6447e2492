using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Wire;

namespace Karez.Client.Endpoints;

/// <summary>
/// What one address sees of this client at a time: so many handshakes under way, so many connections. Whoever comes
/// beyond waits for his turn, and may get the place of a flow that is still (docs/decisions/connections.md). For any
/// thread; awaited on a loop it comes back there.
/// </summary>
/// <param name="plan">The limits.</param>
internal sealed class AddressGate(EndpointPlan plan)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5); // our choice, of datagrams and of a look
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1); // our choice

    private readonly Lock _lock = new();
    private readonly HandshakeTurns _handshakes = new(plan.Handshakes);
    private readonly LinkedList<TaskCompletionSource> _connections = [];
    private readonly LinkedList<TaskCompletionSource> _datagramStreams = [];
    private readonly RunningConnections _running = new();
    private Instant? _refusesUntil;
    private int _live;
    private int _carriers;
    private int _datagrams;
    private int _most;
    private int _shared;
    private long _sharedTotal;
    private long _waited;
    private long _taken;
    private long _beyond;

    /// <summary>How it is.</summary>
    public GateCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new GateCounts(_live, _handshakes.Dialling, _waited + _handshakes.Waited, _beyond)
                {
                    Limit = plan.Connections,
                    Most = _most,
                    Shared = _shared,
                    SharedTotal = _sharedTotal,
                    Taken = _taken,
                    IsFull = IsFull && Reserved == 0,
                };
            }
        }
    }

    /// <summary>What went by the address until now: <see cref="RunningConnections.Octets"/>.</summary>
    public long Octets
    {
        get
        {
            lock (_lock)
                return _running.Octets;
        }
    }

    /// <summary>
    /// Counts a connection of a flow's own, if there is a place beside those kept for carriers and datagrams; until
    /// <see cref="Leave"/>.
    /// </summary>
    /// <param name="now">The loop's time.</param>
    public bool TryEnter(Instant now)
    {
        lock (_lock)
        {
            LookAtRefusal(now);
            LookAtRunning(now);
            if (!HasPlace(beside: Reserved))
                return false;
            CountIn();
            return true;
        }
    }

    /// <summary>Counts a shared connection, if there is a place for one; until <see cref="Leave"/>.</summary>
    public bool TryEnterCarrier()
    {
        lock (_lock)
        {
            if (_carriers >= Reserved || IsFull)
                return false;
            _carriers++;
            CountIn();
            return true;
        }
    }

    /// <summary>
    /// Counts a stream of datagrams, if there is a place for one, which for the first is kept; until
    /// <see cref="Leave"/>.
    /// </summary>
    /// <param name="now">The loop's time.</param>
    public bool TryEnterDatagrams(Instant now)
    {
        lock (_lock)
        {
            LookAtRefusal(now);
            return TryCountDatagrams();
        }
    }

    /// <summary>
    /// Waits for a place for a stream of datagrams, before all others, and counts it until <see cref="Leave"/>.
    /// </summary>
    /// <param name="closing">Cancelled when the waiter's loop ends: nobody would use the place.</param>
    /// <returns>False when there was none in time: datagrams go beyond no limit, they get lost.</returns>
    /// <exception cref="ConnectionException">The loop ended first.</exception>
    public async ValueTask<bool> EnterDatagramsAsync(CancellationToken closing)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (TryCountDatagrams())
                return true;
            _waited++;
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _datagramStreams.AddLast(turn);
        }

        try
        {
            await turn.Task.WaitAsync(s_patience, closing);
            return true;
        }
        catch (TimeoutException)
        {
            lock (_lock)
                return !_datagramStreams.Remove(turn); // the turn may have come at this moment
        }
        catch (OperationCanceledException)
        {
            Withdraw(_datagramStreams, turn);
            return true;
        }
    }

    /// <summary>Waits until a flow's connection may be made, and counts it until <see cref="Leave"/>.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="closing">Cancelled when the waiter's loop ends: nobody would use the place.</param>
    /// <exception cref="ConnectionException">The loop ended first.</exception>
    public async ValueTask EnterAsync(Instant now, CancellationToken closing)
    {
        if (TryEnterOrWait(now) is not { } turn)
            return;
        var mayTake = TimeSpan.Zero;
        for (var waited = TimeSpan.Zero; ; waited += s_step)
        {
            // One for each who waits; its place comes to whoever waited longest. Where that does not help, because what
            // is kept for carriers grew meanwhile, another one a little later.
            if (waited >= mayTake && TryTakeFromStill(now + waited, waited))
                mayTake = waited + s_patience;
            if (await IsInAsync(turn, s_step, closing))
                return;
        }
    }

    /// <summary>
    /// The same for a connection that only looks whether the node is there, and then ends: it waits a moment, and then
    /// goes beyond the limit, since somebody has to know.
    /// </summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="closing">Cancelled when the waiter's loop ends.</param>
    /// <exception cref="ConnectionException">The loop ended first.</exception>
    public async ValueTask EnterToLookAsync(Instant now, CancellationToken closing)
    {
        if (TryEnterOrWait(now) is not { } turn || await IsInAsync(turn, s_patience, closing))
            return;
        lock (_lock)
        {
            if (!_connections.Remove(turn))
                return; // the turn came at this moment
            _beyond++;
            CountIn();
        }
    }

    /// <summary>
    /// A connection stands, in a place that was counted: what it moves counts from now on, until
    /// <see cref="Leave"/>.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="now">The loop's time.</param>
    public void Run(Connection connection, Instant now)
    {
        lock (_lock)
            _running.Add(connection, now);
    }

    /// <summary>A connection became a flow's own: what it is for says when it may be ended for another.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="isWeb">Whether a program that finds it ended makes another, as browsers do.</param>
    public void Carry(Connection connection, bool isWeb)
    {
        lock (_lock)
            _running.Carry(connection, isWeb);
    }

    /// <summary>A connection is over, or did not come about.</summary>
    /// <param name="connection">What <see cref="Run"/> was told of, if it came to that; what it moved stays.</param>
    /// <param name="place">What it had been counted as.</param>
    public void Leave(Connection? connection = null, GatePlace place = GatePlace.Own)
    {
        lock (_lock)
        {
            if (connection is not null)
                _running.Remove(connection);
            _live--;
            _carriers -= place == GatePlace.Carrier ? 1 : 0;
            _datagrams -= place == GatePlace.Datagrams ? 1 : 0;
            LetIn();
        }
    }

    /// <summary>The node takes no sharing for a while: all places are for flows of their own.</summary>
    public void RefuseSharing(TimeSpan span, Instant now)
    {
        lock (_lock)
        {
            _refusesUntil = now + span;
            LetIn();
        }
    }

    /// <summary>A sub-flow began (1) or ended (-1).</summary>
    public void CountShared(int change)
    {
        lock (_lock)
        {
            _shared += change;
            _sharedTotal += Math.Max(0, change);
        }
    }

    /// <summary>Waits until a handshake may begin: <see cref="HandshakeTurns.BeginAsync"/>.</summary>
    public ValueTask BeginHandshakeAsync(CancellationToken closing) => _handshakes.BeginAsync(closing);

    /// <summary>A handshake is over: <see cref="HandshakeTurns.End"/>.</summary>
    public void EndHandshake(TunnelException? trouble) => _handshakes.End(trouble);

    /// <summary>Places that are kept for carriers: one in six, while the node may share.</summary>
    private int Reserved => plan.Connections < 3 || _refusesUntil is not null ? 0 : Math.Max(1, plan.Connections / 6);

    /// <summary>
    /// A place that is kept for the first stream of datagrams: a call that begins is not shut out by what a browser
    /// holds for minutes.
    /// </summary>
    private int KeptForDatagrams => plan.Connections < 3 || _datagrams > 0 ? 0 : 1;

    private bool IsFull => plan.Connections > 0 && _live >= plan.Connections - KeptForDatagrams;

    /// <summary>What cannot share leaves a place for one carrier.</summary>
    private int KeptFromOthers => Math.Min(1, Reserved);

    /// <summary>Whether there is a place for a connection of a flow's own beside those that are kept.</summary>
    private bool HasPlace(int beside) => plan.Connections == 0
        || (!IsFull && _live - _carriers < plan.Connections - KeptForDatagrams - beside);

    private void CountIn() => _most = Math.Max(_most, ++_live);

    private bool TryCountDatagrams()
    {
        // The first has its place also while looks are beyond the limit.
        if (KeptForDatagrams == 0 && !HasPlace(beside: Reserved))
            return false;
        _datagrams++;
        CountIn();
        return true;
    }

    private void LookAtRefusal(Instant now)
    {
        if (_refusesUntil <= now)
            _refusesUntil = null;
    }

    private void LetIn()
    {
        while (_datagramStreams.First is { } first && TryCountDatagrams())
        {
            _datagramStreams.RemoveFirst();
            first.Value.SetResult();
        }

        while (HasPlace(beside: KeptFromOthers) && _connections.First is { } next)
        {
            _connections.RemoveFirst();
            CountIn();
            next.Value.SetResult();
        }
    }

    /// <summary>Counts a connection, or gives a turn to wait for.</summary>
    private TaskCompletionSource? TryEnterOrWait(Instant now)
    {
        lock (_lock)
        {
            LookAtRunning(now);
            if (HasPlace(beside: KeptFromOthers))
            {
                CountIn();
                return null;
            }

            _waited++;
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections.AddLast(turn);
            return turn;
        }
    }

    /// <summary>Waits for a turn; false when it did not come in time.</summary>
    private async ValueTask<bool> IsInAsync(TaskCompletionSource turn, TimeSpan patience, CancellationToken closing)
    {
        try
        {
            await turn.Task.WaitAsync(patience, closing);
            return true;
        }
        catch (TimeoutException)
        {
            return turn.Task.IsCompleted;
        }
        catch (OperationCanceledException)
        {
            Withdraw(_connections, turn);
            return true;
        }
    }

    private void LookAtRunning(Instant now)
    {
        if (plan.Connections > 0) // else nobody waits, and there may be many
            _running.Look(now);
    }

    /// <summary>Ends the flow that has been still the longest, if there is one that may be ended.</summary>
    private bool TryTakeFromStill(Instant now, TimeSpan waited)
    {
        lock (_lock)
        {
            _running.Look(now);
            if (_running.TakeStill(now, waited) is not { } still)
                return false;
            _taken++;
            still.Loop.Post(() => still.Abort(ConnectionFault.TimedOut));
            return true;
        }
    }

    /// <summary>Takes a waiter out of its queue; one whose turn came at this moment keeps it.</summary>
    private void Withdraw(LinkedList<TaskCompletionSource> queue, TaskCompletionSource turn)
    {
        lock (_lock)
        {
            if (queue.Remove(turn))
                throw new ConnectionException(ConnectionFault.Closed);
        }
    }
}
