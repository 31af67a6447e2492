namespace Karez.Wire;

/// <summary>A point on a monotonic clock, given to machines by their shell.</summary>
/// <param name="Milliseconds">Milliseconds since an origin that only the shell knows.</param>
public readonly record struct Instant(long Milliseconds) : IComparable<Instant>
{
    /// <summary>Later than every instant a shell gives: "no deadline".</summary>
    public static Instant Never => new(long.MaxValue);

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Milliseconds.CompareTo(other.Milliseconds);

    /// <summary>Moves forward; stays at <see cref="Never"/> instead of overflowing.</summary>
    public static Instant operator +(Instant instant, TimeSpan span)
    {
        var added = unchecked(instant.Milliseconds + (long)span.TotalMilliseconds);
        return span > TimeSpan.Zero && added < instant.Milliseconds ? Never : new Instant(added);
    }

    /// <summary>The time from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static TimeSpan operator -(Instant left, Instant right) =>
        TimeSpan.FromMilliseconds(left.Milliseconds - right.Milliseconds);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Instant left, Instant right) => left.Milliseconds < right.Milliseconds;

    /// <summary>Later than.</summary>
    public static bool operator >(Instant left, Instant right) => left.Milliseconds > right.Milliseconds;

    /// <summary>Earlier than or the same.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Milliseconds <= right.Milliseconds;

    /// <summary>Later than or the same.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Milliseconds >= right.Milliseconds;
}
