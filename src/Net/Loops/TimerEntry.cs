using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>Something that happens at a point in time; in at most one <see cref="TimerWheel"/> at once.</summary>
public abstract class TimerEntry
{
    /// <summary>When it is due; <see cref="Instant.Never"/> while it is in no wheel.</summary>
    public Instant Deadline { get; internal set; } = Instant.Never;

    /// <summary>Whether it waits in a wheel.</summary>
    public bool IsScheduled => Level >= 0;

    /// <summary>Called once when due; the entry has left the wheel and may be scheduled again.</summary>
    protected internal abstract void OnTime(Instant now);

    internal TimerEntry? Earlier { get; set; }

    internal TimerEntry? Later { get; set; }

    /// <summary>The deadline, or the wheel's next moment where that is later.</summary>
    internal long Due { get; set; }

    internal int Level { get; set; } = -1;

    internal int Slot { get; set; }
}
