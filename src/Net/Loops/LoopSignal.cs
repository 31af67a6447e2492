using System.Threading.Tasks.Sources;

namespace Karez.Net.Loops;

/// <summary>
/// One waits, others tell; for one loop's thread. A signal that nobody waits for stays until the next wait. Waiting
/// costs no memory, and who waited goes on in a later step of the loop, not inside <see cref="Tell"/>.
/// </summary>
public sealed class LoopSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private bool _isWaiting;
    private bool _isTold;

    /// <summary>Wakes the one who waits, or who will wait next.</summary>
    public void Tell()
    {
        if (!_isWaiting)
        {
            _isTold = true;
            return;
        }

        _isWaiting = false;
        _core.SetResult(true);
    }

    /// <summary>Waits; may come back for nothing, so look again.</summary>
    public ValueTask WaitAsync()
    {
        if (_isTold)
        {
            _isTold = false;
            return default;
        }

        _core.Reset();
        _isWaiting = true;
        return new ValueTask(this, _core.Version);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
