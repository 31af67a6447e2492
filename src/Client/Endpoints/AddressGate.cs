using Karez.Net.Loops;
using Karez.Net.Tunnel;

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

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<TunnelException?>> _handshakes = [];
    private readonly LinkedList<TaskCompletionSource> _connections = [];
    private int _dialling;
    private int _live;
    private int _failures;
    private long _waited;
    private long _beyond;
    private long _octets;

    /// <summary>How it is.</summary>
    public GateCounts Counts
    {
        get
        {
            lock (_lock)
                return new GateCounts(_live, _dialling, _waited, _beyond, _octets);
        }
    }

    /// <summary>Waits until a connection may be made, and counts it until <see cref="Leave"/>.</summary>
    /// <param name="closing">Cancelled when the waiter's loop ends: nobody would use the place.</param>
    /// <exception cref="ConnectionException">The loop ended first.</exception>
    public async ValueTask EnterAsync(CancellationToken closing)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (plan.Connections == 0 || _live < plan.Connections)
            {
                _live++;
                return;
            }

            _waited++;
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections.AddLast(turn);
        }

        try
        {
            await turn.Task.WaitAsync(Patience, closing); // who leaves hands his place over
        }
        catch (TimeoutException)
        {
            lock (_lock)
            {
                if (_connections.Remove(turn))
                {
                    _beyond++;
                    _live++;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Withdraw(_connections, turn);
        }
    }

    /// <summary>A connection is over, or did not come about.</summary>
    /// <param name="octets">What went over it.</param>
    public void Leave(long octets)
    {
        lock (_lock)
        {
            _octets += octets;
            if (_live <= plan.Connections && _connections.First is { } next)
            {
                _connections.RemoveFirst();
                next.Value.SetResult();
                return;
            }

            _live--;
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
