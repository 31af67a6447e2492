using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>The awaiter of a delay; goes back to its loop when the result is taken.</summary>
internal sealed class DelayOperation : Operation
{
    private readonly Entry _entry;
    private bool _yields;

    internal DelayOperation(EventLoop loop) : base(loop) => _entry = new Entry(this);

    internal ValueTask Start(Instant deadline)
    {
        Begin();
        Loop.Timers.Schedule(_entry, deadline);
        return AsDone();
    }

    /// <summary>Waits for the loop's next turn only.</summary>
    internal ValueTask StartYield()
    {
        Begin();
        _yields = true;
        Loop.Defer(this);
        return AsDone();
    }

    internal void CancelWith(ConnectionFault fault)
    {
        Loop.Timers.Cancel(_entry);
        FailLater(fault);
    }

    protected override void Retry()
    {
        if (_yields) Complete(0);
    }

    protected override void Release()
    {
        _yields = false;
        Loop.Recycle(this);
    }

    private sealed class Entry(DelayOperation owner) : TimerEntry
    {
        protected internal override void OnTime(Instant now) => owner.Complete(0);
    }
}
