using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>A timer on a loop that can be set again and again, for handshake and idle limits.</summary>
public sealed class LoopTimer(EventLoop loop, Action elapsed) : TimerEntry, IDisposable
{
    /// <summary>Sets or moves it, counted from the loop's present turn.</summary>
    public void Set(TimeSpan span) => SetAt(loop.Now + span);

    /// <summary>Sets or moves it.</summary>
    public void SetAt(Instant deadline)
    {
        loop.CheckThread();
        loop.Timers.Schedule(this, deadline);
    }

    /// <summary>Stops it.</summary>
    public void Cancel()
    {
        loop.CheckThread();
        loop.Timers.Cancel(this);
    }

    /// <summary>Stops it.</summary>
    public void Dispose() => Cancel();

    /// <inheritdoc/>
    protected internal override void OnTime(Instant now) => elapsed();
}
