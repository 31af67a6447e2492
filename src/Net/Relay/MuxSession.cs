using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Wire;

namespace Karez.Net.Relay;

/// <summary>One session of a <see cref="MuxFlow"/>, on the flow's loop.</summary>
internal abstract class MuxSession(MuxFlow flow, ushort number)
{
    /// <summary>Its number in the stream.</summary>
    public ushort Number { get; } = number;

    /// <summary>Its run; the flow awaits it.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>True when nothing moved for too long.</summary>
    public bool IsIdle => Loop.Now - LastMoved > Idle;

    protected MuxFlow Flow => flow;

    protected EventLoop Loop => flow.Loop;

    /// <summary>How long it may be still.</summary>
    protected abstract TimeSpan Idle { get; }

    private Instant LastMoved { get; set; } = flow.Loop.Now;

    /// <summary>Begins; called once, when the flow knows the session.</summary>
    public void Start() => Running = RunAsync();

    /// <summary>Takes data from the client; never waits, see <see cref="WaitForRoomAsync"/>.</summary>
    public abstract void Take(in Destination destination, ReadOnlySpan<byte> data);

    /// <summary>Takes a word of a client that agreed to windows.</summary>
    public virtual void Hear(MuxWord word, uint value)
    {
    }

    /// <summary>Completes when the session can take more data.</summary>
    public virtual ValueTask WaitForRoomAsync() => ValueTask.CompletedTask;

    /// <summary>Ends it, after what was taken has left where that is possible.</summary>
    public abstract void Finish();

    /// <summary>Ends it at once: the stream is over.</summary>
    public virtual void Abort() => Finish();

    /// <summary>Carries until the end.</summary>
    protected abstract Task RunAsync();

    /// <summary>Notes that octets passed.</summary>
    protected void Moved(int up, int down)
    {
        LastMoved = Loop.Now;
        flow.Terms.Count(up, down);
    }
}
