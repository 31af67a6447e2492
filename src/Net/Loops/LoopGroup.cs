namespace Karez.Net.Loops;

/// <summary>As many loops as there are cores, used in turn. Members are for any thread.</summary>
public sealed class LoopGroup : IAsyncDisposable
{
    private readonly EventLoop[] _loops;
    private int _next = -1;

    /// <summary>Starts the loops.</summary>
    public LoopGroup(int count, TimeProvider time, Action<Exception> unhandled)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _loops = [.. Enumerable.Range(0, count).Select(i => new EventLoop($"loop {i}", time, unhandled))];
    }

    /// <summary>Starts a loop for each core.</summary>
    public LoopGroup(Action<Exception> unhandled)
        : this(Environment.ProcessorCount, TimeProvider.System, unhandled)
    {
    }

    /// <summary>The loops.</summary>
    public IReadOnlyList<EventLoop> Loops => _loops;

    /// <summary>Buffers that are lent, on all loops.</summary>
    public int OutstandingBuffers => _loops.Sum(l => l.Buffers.Outstanding);

    /// <summary>Descriptors watched, on all loops.</summary>
    public int Watched => _loops.Sum(l => l.Watched);

    /// <summary>Flows that run, on all loops.</summary>
    public int Flows => _loops.Sum(l => l.Flows);

    /// <summary>The next loop's turn to get a flow.</summary>
    public EventLoop Next() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    /// <summary>Ends all loops, together.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_loops.Select(l => l.DisposeAsync().AsTask()));
}
