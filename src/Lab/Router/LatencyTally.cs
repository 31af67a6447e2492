namespace Karez.Lab.Router;

/// <summary>Counts times in classes that are at most a sixteenth wide; 1 microsecond to about a minute.</summary>
public sealed class LatencyTally
{
    private const int Steps = 16;
    private readonly long[] _classes = new long[27 * Steps];

    /// <summary>How many were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts one; a negative time is none.</summary>
    public void Add(TimeSpan time)
    {
        var microseconds = Math.Max(1, time.Ticks / TimeSpan.TicksPerMicrosecond);
        var power = Math.Min(26, System.Numerics.BitOperations.Log2((ulong)microseconds));
        var step = (int)Math.Min(Steps - 1, (microseconds - (1L << power)) * Steps >> power);
        _classes[(power * Steps) + step]++;
        Count++;
    }

    /// <summary>The upper edge of the class up to which this share lies, in milliseconds; 0 of none.</summary>
    public double Quantile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < _classes.Length; i++)
        {
            wanted -= _classes[i];
            if (wanted <= 0 && Count > 0)
                return (1L << (i / Steps)) * (1 + (((i % Steps) + 1) / (double)Steps)) / 1000;
        }

        return 0;
    }
}
