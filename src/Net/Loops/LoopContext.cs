namespace Karez.Net.Loops;

/// <summary>Brings the continuations of foreign tasks back to the loop that awaited them.</summary>
internal sealed class LoopContext(EventLoop loop) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => loop.Post(d, state);

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!loop.IsCurrent) throw new NotSupportedException("A loop is never waited for.");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
