using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Wire;

namespace Karez.Client;

/// <summary>
/// Tunnels of one loop that are made before a flow needs them, as a browser preconnects: a flow that finds one begins
/// without a handshake. For the loop's thread.
/// </summary>
/// <remarks>
/// They are made when a flow was opened, and let go after <see cref="Life"/>: a client that rests holds none, and none
/// gets as old as the node's patience (60 s). Off unless <c>warmConnections</c> is set: docs/decisions/warm.md.
/// </remarks>
internal sealed class WarmTunnels : IDisposable
{
    private readonly Func<ValueTask<Tunnel>> _dial;
    private readonly int _count;
    private readonly EventLoop _loop;
    private readonly LoopTimer _expiry;
    private readonly CancellationTokenRegistration _closing;
    private readonly Queue<(Tunnel Tunnel, Instant Until)> _ready = new();
    private int _dialling;
    private bool _disposed;

    /// <param name="loop">The loop.</param>
    /// <param name="count">How many to keep.</param>
    /// <param name="dial">Makes one.</param>
    /// <param name="ending">Called on the loop when it begins to end: who holds these lets them go.</param>
    public WarmTunnels(EventLoop loop, int count, Func<ValueTask<Tunnel>> dial, Action ending)
    {
        (_loop, _count, _dial) = (loop, count, dial);
        _closing = loop.Closing.Register(ending);
        _expiry = new LoopTimer(loop, Expire);
    }

    /// <summary>How long one waits for its flow (our choice).</summary>
    public static TimeSpan Life { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Takes one that still stands, or null; others are made in its place.</summary>
    public Tunnel? TryTake()
    {
        Tunnel? taken = null;
        while (taken is null && _ready.TryDequeue(out var oldest))
        {
            if (Stands(oldest.Tunnel))
                taken = oldest.Tunnel;
            else
                oldest.Tunnel.Dispose();
        }

        for (; !_disposed && _ready.Count + _dialling < _count; _dialling++)
            _loop.Start(MakeAsync);
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _closing.Dispose();
        _expiry.Cancel();
        while (_ready.TryDequeue(out var oldest))
            oldest.Tunnel.Dispose();
    }

    private static bool Stands(Tunnel tunnel) =>
        tunnel.Connection is { PeerEnd: ConnectionEnd.Open, Fault: ConnectionFault.None };

    private async ValueTask MakeAsync()
    {
        try
        {
            var tunnel = await _dial();
            if (_disposed)
            {
                tunnel.Dispose();
                return;
            }

            _ready.Enqueue((tunnel, _loop.Now + Life));
            if (!_expiry.IsScheduled)
                _expiry.Set(Life);
        }
        catch (TunnelException)
        {
            // The flow that finds none dials itself, and tells.
        }
        finally
        {
            _dialling--;
        }
    }

    private void Expire()
    {
        while (_ready.TryPeek(out var oldest) && (oldest.Until <= _loop.Now || !Stands(oldest.Tunnel)))
            _ready.Dequeue().Tunnel.Dispose();
        if (_ready.TryPeek(out var next))
            _expiry.SetAt(next.Until);
    }
}
