using System.Diagnostics;

namespace Karez.Lab.Router;

/// <summary>A run's time: begins when it is made.</summary>
public sealed class RunClock
{
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>The wall clock at time zero.</summary>
    public DateTimeOffset Started { get; } = DateTimeOffset.UtcNow;

    /// <summary>Time since the start; monotonic.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_started);
}
