namespace Karez.Server.Tests;

/// <summary>A clock that can be put forward: timers that became due by that are over at once.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private readonly List<SkippedTimer> _timers = [];
    private long _skipped;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Skip(TimeSpan time)
    {
        Interlocked.Add(ref _skipped, time.Ticks);
        SkippedTimer[] timers;
        lock (_timers)
            timers = [.. _timers];
        foreach (var timer in timers)
            timer.Look();
    }

    /// <summary>Whether somebody waits for that long.</summary>
    public bool IsAwaited(TimeSpan span)
    {
        lock (_timers)
            return _timers.Exists(timer => timer.Span == span);
    }

    public override long GetTimestamp() =>
        TimeSpan.FromMilliseconds(Environment.TickCount64).Ticks + Interlocked.Read(ref _skipped);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SkippedTimer(this, callback, state);
        lock (_timers)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>One; a periodic one is not put forward.</summary>
    private sealed class SkippedTimer : ITimer
    {
        private readonly SkippingTime _time;
        private readonly ITimer _timer;
        private readonly Lock _lock = new();
        private long _due = long.MaxValue;

        public SkippedTimer(SkippingTime time, TimerCallback callback, object? state)
        {
            _time = time;
            _timer = System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public TimeSpan Span { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                Span = dueTime;
                var isOnce = dueTime != Timeout.InfiniteTimeSpan && period == Timeout.InfiniteTimeSpan;
                _due = isOnce ? _time.GetTimestamp() + dueTime.Ticks : long.MaxValue;
                return _timer.Change(dueTime, period);
            }
        }

        public void Look()
        {
            lock (_lock)
            {
                if (_due > _time.GetTimestamp())
                    return;
                (_due, Span) = (long.MaxValue, default);
                _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            lock (_time._timers)
                _time._timers.Remove(this);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
