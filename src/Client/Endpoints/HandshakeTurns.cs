using Karez.Net.Loops;
using Karez.Net.Tunnel;

namespace Karez.Client.Endpoints;

/// <summary>
/// Lets so many handshakes be under way at a time; further ones wait in order. For any thread; awaited on a loop it
/// comes back there.
/// </summary>
/// <param name="limit">So many.</param>
internal sealed class HandshakeTurns(int limit)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<TunnelException?>> _waiting = [];
    private int _dialling;
    private int _failures;
    private long _waited;

    /// <summary>Handshakes under way.</summary>
    public int Dialling => Volatile.Read(ref _dialling);

    /// <summary>How many had to wait.</summary>
    public long Waited => Volatile.Read(ref _waited);

    /// <summary>Waits until a handshake may begin; tell its end by <see cref="End"/>.</summary>
    /// <param name="closing">Cancelled when the waiter's loop ends: nobody would use the turn.</param>
    /// <exception cref="TunnelException">Those before failed, one after the other: this one would, too.</exception>
    /// <exception cref="ConnectionException">The loop ended first.</exception>
    public async ValueTask BeginAsync(CancellationToken closing)
    {
        TaskCompletionSource<TunnelException?> turn;
        lock (_lock)
        {
            if (_dialling < limit)
            {
                _dialling++;
                return;
            }

            _waited++;
            turn = new TaskCompletionSource<TunnelException?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(turn);
        }

        try
        {
            await turn.Task.WaitAsync(closing);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (_waiting.Remove(turn)) // one whose turn came at this moment keeps it
                    throw new ConnectionException(ConnectionFault.Closed);
            }
        }

        if (await turn.Task is { } trouble)
            throw new TunnelException(trouble.Fault, innerException: trouble.InnerException);
    }

    /// <summary>A handshake is over.</summary>
    /// <param name="trouble">Why it failed; null when it did not.</param>
    public void End(TunnelException? trouble)
    {
        lock (_lock)
        {
            _failures = trouble is null ? 0 : _failures + 1;
            // One may be an accident. After two nobody waits for a node that is away: there may be another.
            if (_failures >= 2)
            {
                foreach (var doomed in _waiting)
                    doomed.SetResult(trouble);
                _waiting.Clear();
            }

            if (_waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                next.Value.SetResult(null);
                return;
            }

            _dialling--;
        }
    }
}
