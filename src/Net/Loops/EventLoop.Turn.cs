using System.Collections.Concurrent;
using Karez.Sys;
using Karez.Wire;

namespace Karez.Net.Loops;

/// <content>The thread: turns, queues, the end.</content>
public sealed partial class EventLoop
{
    private readonly TimeProvider _time;
    private readonly Action<Exception> _unhandled;
    private readonly Thread _thread;
    private readonly PollTable _watchedTable = new();
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private readonly Stack<DelayOperation> _freeDelays = new();
    private readonly HashSet<DelayOperation> _delays = [];
    private readonly TaskCompletionSource _endedSource = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closingSource = new();
    private int _epoll;
    private int _waker;
    private Instant _now;
    private long _turn;
    private int _watched;
    private int _flows;
    private int _sleeping;
    private LoopWork? _firstWork;
    private LoopWork? _lastWork;
    private bool _closing;
    private bool _ended;
    private long _closeBy;

    /// <summary>
    /// Cancelled, on the loop's thread, when the loop begins to end and all its connections still stand: for what waits
    /// for something that is not the loop's own. From any thread.
    /// </summary>
    public CancellationToken Closing => _closingSource.Token;

    /// <summary>Runs something on the loop, after what was posted before. From any thread.</summary>
    public void Post(Action action) => Post(static state => ((Action)state!)(), action);

    /// <summary>Runs something with an argument on the loop. From any thread.</summary>
    public void Post(SendOrPostCallback callback, object? state)
    {
        _posted.Enqueue((callback, state));
        // The loop sets the flag before its last look at the queue, so either it sees the item or we see the flag.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) == 1 && Interlocked.Exchange(ref _sleeping, 0) == 1) Wake();
    }

    /// <summary>Watches a descriptor for every event, edge-triggered; the key takes it out again.</summary>
    internal ulong Watch(IPollable pollable, int descriptor, uint events)
    {
        if (_closing) throw new ConnectionException(ConnectionFault.Closed);
        var key = _watchedTable.Add(pollable);
        var result = Epoll.Add(_epoll, descriptor, events | Epoll.Edge, key);
        if (result < 0)
        {
            _watchedTable.Remove(key);
            throw new ConnectionException(ConnectionException.FaultOf(-result), -result);
        }

        Volatile.Write(ref _watched, _watchedTable.Count - 1);
        return key;
    }

    /// <summary>Forgets a descriptor that is about to be closed, which takes it out of the epoll set.</summary>
    internal void Unwatch(ulong key)
    {
        _watchedTable.Remove(key);
        Volatile.Write(ref _watched, _watchedTable.Count - 1);
    }

    /// <summary>Forgets a descriptor that stays open, for another loop.</summary>
    internal void Unwatch(ulong key, int descriptor)
    {
        _ = Epoll.Remove(_epoll, descriptor);
        Unwatch(key);
    }

    /// <summary>Does it on this turn's end, or on the next turn when called from there.</summary>
    internal void Defer(LoopWork work)
    {
        if (work.IsQueued) return;
        work.IsQueued = true;
        if (_lastWork is null) _firstWork = work;
        else _lastWork.NextWork = work;
        _lastWork = work;
    }

    internal void Recycle(DelayOperation delay)
    {
        _delays.Remove(delay);
        if (_freeDelays.Count < MaxFreeDelays) _freeDelays.Push(delay);
    }

    private DelayOperation RentDelay()
    {
        CheckThread();
        var delay = _freeDelays.TryPop(out var free) ? free : new DelayOperation(this);
        _delays.Add(delay);
        // Once the loop closes, a delay fails as those did that waited at that moment.
        if (_closing) Post(static state => FailDelay((DelayOperation)state!), delay);
        return delay;
    }

    private void Run()
    {
        t_current = this;
        SynchronizationContext.SetSynchronizationContext(new LoopContext(this));
        var ready = new ReadyEvent[Epoll.BatchLimit];
        while (!MayEnd())
        {
            var count = Epoll.Wait(_epoll, ready, Sleep());
            Volatile.Write(ref _sleeping, 0);
            if (count < 0) Environment.FailFast($"epoll_wait failed with errno {-count}.");
            _now = ReadClock();
            _turn++;
            Guard(static t => t.Loop.Dispatch(t.Ready, t.Count), (Loop: this, Ready: ready, Count: count));
            Guard(static loop => loop.Timers.Advance(loop._now), this);
            RunDeferred();
            RunPosted();
        }

        End();
    }

    /// <summary>How long to sleep, in epoll's terms; announces it to <see cref="Post(Action)"/>.</summary>
    private int Sleep()
    {
        if (_firstWork is not null || !_posted.IsEmpty) return 0;
        var wait = -1;
        var wake = _closing ? Earlier(Timers.NextWake, new Instant(_closeBy)) : Timers.NextWake;
        if (wake != Instant.Never)
            wait = (int)Math.Clamp(wake.Milliseconds - ReadClock().Milliseconds, 0, LongestSleep);
        if (wait == 0) return 0;
        Volatile.Write(ref _sleeping, 1);
        Interlocked.MemoryBarrier();
        if (_posted.IsEmpty) return wait;
        return 0;
    }

    private void Dispatch(ReadyEvent[] ready, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_watchedTable.Find(ready[i].Data) is { } pollable)
                Guard(static t => t.Pollable.OnReady(t.Events), (Pollable: pollable, ready[i].Events));
        }
    }

    private void RunDeferred()
    {
        // What is queued from here on is for the next turn.
        var work = _firstWork;
        _firstWork = _lastWork = null;
        while (work is not null)
        {
            var next = work.NextWork;
            work.NextWork = null;
            work.IsQueued = false;
            Guard(static w => w.Run(), work);
            work = next;
        }
    }

    private void RunPosted()
    {
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var item); left--)
            Guard(static i => i.Callback(i.State), item);
    }

    private void Guard<T>(Action<T> action, T argument)
    {
        try
        {
            action(argument);
        }
#pragma warning disable CA1031 // The loop outlives whatever it runs.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(exception);
        }
    }

    private void Report(Exception exception)
    {
        try
        {
            _unhandled(exception);
        }
#pragma warning disable CA1031 // A callback that throws must not take every connection with it.
        catch (Exception)
#pragma warning restore CA1031
        {
            Unreported++;
        }
    }

    /// <summary>Exceptions that the callback itself failed on.</summary>
    internal int Unreported { get; private set; }

    private void BeginClosing()
    {
        if (_closing) return;
        _closing = true;
        _closeBy = _now.Milliseconds + ClosingLimit;
        Guard(static source => source.Cancel(), _closingSource);
        foreach (var pollable in _watchedTable.All()) Guard(static p => p.OnLoopClosing(), pollable);
        foreach (var delay in _delays.ToArray()) FailDelay(delay);
    }

    private static void FailDelay(DelayOperation delay)
    {
        if (delay.IsPending) delay.CancelWith(ConnectionFault.Closed);
    }

    private bool MayEnd()
    {
        if (!_closing || _firstWork is not null || !_posted.IsEmpty) return false;
        return _flows == 0 || ReadClock().Milliseconds >= _closeBy;
    }

    private void End()
    {
        lock (_endedSource)
        {
            Volatile.Write(ref _ended, true);
            _ = Descriptors.Close(_epoll);
            _ = Descriptors.Close(_waker);
        }

        Buffers.Clear();
        Pipes.Clear();
        _endedSource.SetResult();
    }

    private void OpenPoll()
    {
        _epoll = Epoll.Create();
        if (_epoll < 0) throw new ConnectionException(ConnectionException.FaultOf(-_epoll), -_epoll);
        _waker = EventFd.Create();
        if (_waker < 0)
        {
            _ = Descriptors.Close(_epoll);
            throw new ConnectionException(ConnectionException.FaultOf(-_waker), -_waker);
        }

        Watch(new Waker(this), _waker, Epoll.In);
    }

    private void Wake()
    {
        // After the end the number may be another descriptor's: writing there would be worse than not waking.
        lock (_endedSource)
        {
            if (!_ended) _ = EventFd.Signal(_waker);
        }
    }

    private Instant ReadClock() => new((long)(_time.GetTimestamp() / (_time.TimestampFrequency / 1000.0)));

    private static Instant Earlier(Instant a, Instant b) => a < b ? a : b;

    private sealed class Waker(EventLoop loop) : IPollable
    {
        public void OnReady(uint events) => EventFd.Drain(loop._waker);

        public void OnLoopClosing()
        {
        }
    }

    private const int MaxFreeDelays = 1024;
    private const int LongestSleep = 60_000;
    private const int ClosingLimit = 5_000;
}
