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
    private readonly Queue<TaskCompletionSource<TunnelException?>> _handshakes = new();
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
    public async ValueTask EnterAsync()
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
            await turn.Task.WaitAsync(Patience); // who leaves hands his place over
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
    /// <exception cref="TunnelException">Those before failed, one after the other: this one would, too.</exception>
    public async ValueTask BeginHandshakeAsync()
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
            _handshakes.Enqueue(turn);
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
                while (_handshakes.TryDequeue(out var doomed))
                    doomed.SetResult(trouble);
            }

            if (_handshakes.TryDequeue(out var next))
                next.SetResult(null);
            else
                _dialling--;
        }
    }
}
