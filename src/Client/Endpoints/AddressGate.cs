using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Wire;

namespace Karez.Client.Endpoints;

/// <summary>
/// What one address sees of this client at a time: so many handshakes under way, so many connections. Whoever comes
/// beyond waits for his turn. For any thread; awaited on a loop it comes back there.
/// </summary>
/// <param name="plan">The limits.</param>
internal sealed class AddressGate(EndpointPlan plan)
{
    /// <summary>How long a flow waits for another's connection to end (our choice): no page hangs for ever.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_leastPatience = Patience / 10;

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<TunnelException?>> _handshakes = [];
    private readonly LinkedList<TaskCompletionSource> _connections = [];
    private readonly LinkedList<TaskCompletionSource> _datagramStreams = [];
    private readonly HashSet<Connection> _running = [];
    private TimeSpan _patience = Patience;
    private Instant? _refusesUntil;
    private int _dialling;
    private int _live;
    private int _carriers;
    private int _datagrams;
    private int _failures;
    private int _most;
    private int _shared;
    private long _sharedTotal;
    private long _waited;
    private long _beyond;
    private long _octets;

    /// <summary>How it is.</summary>
    public GateCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new GateCounts(_live, _dialling, _waited, _beyond)
                {
                    Limit = plan.Connections,
                    Most = _most,
                    Shared = _shared,
                    SharedTotal = _sharedTotal,
                    IsFull = IsFull && Reserved == 0,
                };
            }
        }
    }

    /// <summary>
    /// What went over connections that are over, and until now over those that run: one long download is seen while it
    /// lasts. Summed when it is asked for, so that no packet pays for it.
    /// </summary>
    public long Octets
    {
        get
        {
            lock (_lock)
            {
                var octets = _octets;
                foreach (var connection in _running)
                    octets += connection.BytesMoved;
                return octets;
            }
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
            await turn.Task.WaitAsync(Patience, closing);
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

    /// <summary>Waits until a connection may be made, and counts it until <see cref="Leave"/>.</summary>
    /// <param name="closing">Cancelled when the waiter's loop ends: nobody would use the place.</param>
    /// <exception cref="ConnectionException">The loop ended first.</exception>
    public async ValueTask EnterAsync(CancellationToken closing)
    {
        TaskCompletionSource turn;
        TimeSpan patience;
        lock (_lock)
        {
            if (HasPlace(beside: KeptFromOthers))
            {
                CountIn();
                return;
            }

            _waited++;
            patience = _patience;
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections.AddLast(turn);
        }

        try
        {
            await turn.Task.WaitAsync(patience, closing); // who leaves hands his place over
            lock (_lock)
                _patience = Patience;
        }
        catch (TimeoutException)
        {
            lock (_lock)
            {
                if (_connections.Remove(turn))
                {
                    _beyond++;
                    CountIn();
                    // Nobody leaves: the next ones need not find that out as slowly.
                    _patience = _patience / 2 > s_leastPatience ? _patience / 2 : s_leastPatience;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Withdraw(_connections, turn);
        }
    }

    /// <summary>
    /// A connection stands, in a place that was counted: what it moves counts from now on, until
    /// <see cref="Leave"/>.
    /// </summary>
    public void Run(Connection connection)
    {
        lock (_lock)
            _running.Add(connection);
    }

    /// <summary>A connection is over, or did not come about.</summary>
    /// <param name="connection">What <see cref="Run"/> was told of, if it came to that; what it moved stays.</param>
    /// <param name="place">What it had been counted as.</param>
    public void Leave(Connection? connection = null, GatePlace place = GatePlace.Own)
    {
        lock (_lock)
        {
            if (connection is not null && _running.Remove(connection))
                _octets += connection.BytesMoved;
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

    /// <summary>Waits until a handshake may begin; tell its end by <see cref="EndHandshake"/>.</summary>
    /// <param name="closing">Cancelled when the waiter's loop ends: nobody would use the turn.</param>
    /// <exception cref="TunnelException">Those before failed, one after the other: this one would, too.</exception>
    /// <exception cref="ConnectionException">The loop ended first.</exception>
    public async ValueTask BeginHandshakeAsync(CancellationToken closing)
    {
        TaskCompletionSource<TunnelException?> turn;
        lock (_lock)
        {
            if (_dialling < plan.Handshakes)
            {
                _dialling++;
                return;
            }

            _waited++;
            turn = new TaskCompletionSource<TunnelException?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _handshakes.AddLast(turn);
        }

        try
        {
            await turn.Task.WaitAsync(closing);
        }
        catch (OperationCanceledException)
        {
            Withdraw(_handshakes, turn);
        }

        if (await turn.Task is { } trouble)
            throw new TunnelException(trouble.Fault, innerException: trouble.InnerException);
    }

    /// <summary>A handshake is over.</summary>
    /// <param name="trouble">Why it failed; null when it did not.</param>
    public void EndHandshake(TunnelException? trouble)
    {
        lock (_lock)
        {
            _failures = trouble is null ? 0 : _failures + 1;
            // One may be an accident. After two nobody waits for a node that is away: there may be another.
            if (_failures >= 2)
            {
                foreach (var doomed in _handshakes)
                    doomed.SetResult(trouble);
                _handshakes.Clear();
            }

            if (_handshakes.First is { } next)
            {
                _handshakes.RemoveFirst();
                next.Value.SetResult(null);
                return;
            }

            _dialling--;
        }
    }

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
        // The first has its place also while flows are beyond the limit.
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

    /// <summary>Takes a waiter out of its queue; one whose turn came at this moment keeps it.</summary>
    private void Withdraw<T>(LinkedList<T> queue, T turn)
    {
        lock (_lock)
        {
            if (queue.Remove(turn))
                throw new ConnectionException(ConnectionFault.Closed);
        }
    }
}
