using Karez.Guard.Switch;
using Karez.Net.Loops;
using Karez.Net.Tunnel;

namespace Karez.Client.Device;

/// <summary>
/// Knows whether the node answers: shakes hands with it after the start, after each move of the network and after each
/// failure, first at once and then more and more seldom, until it answers. While all is well it sends nothing.
/// </summary>
internal sealed class ChannelHealth : IAsyncDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestMetered = TimeSpan.FromMinutes(1);

    private readonly Func<Task> _probe;
    private readonly Action<SwitchEvent, TunnelException?> _tell;
    private readonly TimeProvider _time;
    private readonly TimeSpan _longest;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wanted = new(1, 1); // The first look is wanted at once.
    private readonly Task _running;
    private int _moves;

    /// <param name="probe">Shakes hands; throws what a tunnel throws.</param>
    /// <param name="tell">Gets what was found: answered, or lost with the reason.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isMetered">Whether octets cost money.</param>
    public ChannelHealth(
        Func<Task> probe, Action<SwitchEvent, TunnelException?> tell, TimeProvider time, bool isMetered = false)
    {
        (_probe, _tell, _time) = (probe, tell, time);
        _longest = isMetered ? LongestMetered : Longest;
        _running = Task.Run(RunAsync);
    }

    /// <summary>A flow got no tunnel, or the network changed: look now.</summary>
    /// <param name="moved">The network changed: what is under way is of the old one.</param>
    public void Look(bool moved)
    {
        if (moved)
            Interlocked.Increment(ref _moves);
        try
        {
            _wanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is wanted already.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose(); // the semaphore is left: flows that end and a pause that is over still want a look
    }

    private async Task RunAsync()
    {
        try
        {
            await _wanted.WaitAsync(_stop.Token);
            while (true)
            {
                var pause = First;
                var moves = Volatile.Read(ref _moves);
                while (!await AnswersAsync())
                {
                    // Sooner when the network changes meanwhile.
                    var again = await WaitAsync(pause);
                    if (again && moves != (moves = Volatile.Read(ref _moves)))
                        pause = First;
                    else
                        pause = pause * 2 < _longest ? pause * 2 : _longest;
                }

                if (moves == Volatile.Read(ref _moves))
                    await _wanted.WaitAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposing.
        }
    }

    /// <summary>Waits; true when somebody wanted a look before the time was over.</summary>
    private async Task<bool> WaitAsync(TimeSpan pause)
    {
        using var limit = new CancellationTokenSource(pause, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            await _wanted.WaitAsync(both.Token);
            return true;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await _probe().WaitAsync(_stop.Token);
            _tell(SwitchEvent.Answered, null);
            return true;
        }
        catch (TunnelException e)
        {
            _tell(SwitchEvent.Lost, e);
            return false;
        }
        catch (ConnectionException)
        {
            _stop.Token.ThrowIfCancellationRequested(); // The loops end.
            return false;
        }
    }
}
