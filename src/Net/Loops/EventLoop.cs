using System.Net;
using Karez.Sys;
using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>
/// One thread that waits for descriptors and timers and runs the flows that own them. Except where it is said
/// otherwise, members are for the loop's own thread. docs/protocols/connection.md has the whole contract.
/// </summary>
public sealed partial class EventLoop : IAsyncDisposable
{
    [ThreadStatic]
    private static EventLoop? t_current;

    /// <summary>The loop whose thread this is; null elsewhere.</summary>
    public static EventLoop? Current => t_current;

    /// <summary>Starts a loop. From any thread.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="time">The clock; all loops of a process should have the same.</param>
    /// <param name="unhandled">Gets what leaves a flow or posted work; must not throw; runs on the loop.</param>
    public EventLoop(string name, TimeProvider time, Action<Exception> unhandled)
    {
        _time = time;
        _unhandled = unhandled;
        _now = ReadClock();
        Timers = new TimerWheel(_now);
        Buffers = new BufferPool(this);
        Pipes = new PipePool(this);
        OpenPoll();
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>The time of the present turn.</summary>
    public Instant Now => _now;

    /// <summary>How many turns there were.</summary>
    public long Turn => _turn;

    /// <summary>The loop's buffers.</summary>
    public BufferPool Buffers { get; }

    /// <summary>The loop's pipes.</summary>
    public PipePool Pipes { get; }

    /// <summary>Descriptors that the loop watches, its own not counted. A snapshot; from any thread.</summary>
    public int Watched => Volatile.Read(ref _watched);

    /// <summary>Flows started and not ended. A snapshot; from any thread.</summary>
    public int Flows => Volatile.Read(ref _flows);

    /// <summary>Whether the calling thread is the loop's. From any thread.</summary>
    public bool IsCurrent => t_current == this;

    /// <summary>Whether its thread is over. From any thread.</summary>
    internal bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>
    /// Descriptors that the loop's sockets and pipes leave to the rest of the process, which may need a file at any
    /// time; at most an eighth of the limit. A listener leaves twice as many: whom it accepts needs another one.
    /// </summary>
    public int SpareDescriptors { get; set; }

    /// <summary>The loop's timers.</summary>
    internal TimerWheel Timers { get; }

    /// <summary>
    /// Starts a flow on the loop, which owns it: what it throws goes to the callback. From any thread.
    /// </summary>
    public void Start(Func<ValueTask> flow) => Start(static f => f(), flow);

    /// <summary>Starts a flow with an argument, as <see cref="Start(Func{ValueTask})"/>.</summary>
    public void Start<T>(Func<T, ValueTask> flow, T argument)
    {
        if (IsCurrent) _ = DriveAsync(flow, argument);
        else Post(() => _ = DriveAsync(flow, argument));
    }

    /// <summary>Runs a flow on the loop for somebody else, who gets its end or exception. From any thread.</summary>
    public Task RunAsync(Func<ValueTask> flow) => RunAsync(async () =>
    {
        await flow();
        return true;
    });

    /// <summary>Runs a flow on the loop for somebody else, who gets its result. From any thread.</summary>
    /// <exception cref="ObjectDisposedException">The loop ended before it.</exception>
    public async Task<T> RunAsync<T>(Func<ValueTask<T>> flow)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _ended), this);
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(async () =>
        {
            try
            {
                result.SetResult(await flow());
            }
#pragma warning disable CA1031 // It is the caller's, whatever it is.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                result.SetException(exception);
            }
        });
        // A loop that ends meanwhile runs nothing more, and may leave a flow where it stood.
        await Task.WhenAny(result.Task, _endedSource.Task).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(!result.Task.IsCompleted, this);
        return await result.Task.ConfigureAwait(false);
    }

    /// <summary>Waits for a time, counted from the present turn. Throws when the loop ends first.</summary>
    public ValueTask DelayAsync(TimeSpan span) => DelayUntilAsync(Now + span);

    /// <summary>Waits until a time. Throws when the loop ends first.</summary>
    public ValueTask DelayUntilAsync(Instant deadline) => RentDelay().Start(deadline);

    /// <summary>Lets everybody else have a turn.</summary>
    public ValueTask YieldAsync() => RentDelay().StartYield();

    /// <summary>
    /// Aborts the IP connections that are chosen by their own and their peer's end point, as when an address is gone.
    /// From any thread; it happens on the loop, soon.
    /// </summary>
    public void AbortWhere(Func<IPEndPoint, IPEndPoint?, bool> isDead) => Post(() =>
    {
        foreach (var connection in _watchedTable.All().OfType<Connection>())
        {
            if (connection.LocalEndPoint is IPEndPoint local && isDead(local, connection.RemoteEndPoint as IPEndPoint))
                connection.Abort(ConnectionFault.Aborted);
        }
    });

    /// <summary>
    /// Ends the loop: every connection and delay fails with <see cref="ConnectionFault.Closed"/>, flows have five
    /// seconds to end, then the thread ends. From any other thread.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Post(BeginClosing);
        await _endedSource.Task.ConfigureAwait(false);
    }

    internal void CheckThread()
    {
        if (!IsCurrent) throw new InvalidOperationException("This belongs to another thread, a loop's.");
    }

    /// <summary>
    /// Whether another descriptor leaves the spare ones, so many times over. The kernel gives the lowest number that is
    /// free, and the limit is one of numbers.
    /// </summary>
    internal bool HasDescriptors(int times)
    {
        if (SpareDescriptors == 0) return true;
        var next = Descriptors.Duplicate(_waker);
        if (next < 0) return false;
        _ = Descriptors.Close(next);
        _ = Limits.GetDescriptors(out var limit, out _);
        return (ulong)next + (ulong)times * Math.Min((ulong)SpareDescriptors, limit / 8) < limit;
    }

    private async Task DriveAsync<T>(Func<T, ValueTask> flow, T argument)
    {
        _flows++;
        try
        {
            await flow(argument);
        }
        catch (ConnectionException) when (_closing)
        {
            // The end of its connections is how it learns that the loop ends.
        }
#pragma warning disable CA1031 // The loop outlives every flow.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception);
        }

        _flows--;
    }
}
