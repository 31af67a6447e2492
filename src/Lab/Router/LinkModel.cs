namespace Karez.Lab.Router;

/// <summary>
/// One direction of a link as a machine: a packet and its arrival in, its departure or its loss out. What is drawn for
/// the n-th packet depends on the seed and n alone, so the same seed decides the same.
/// </summary>
public sealed class LinkModel(LinkProfile profile, int seed)
{
    private const double Memory = 0.9; // Our choice: how much of its jitter a packet shares with the one before.

    private readonly Random _random = new(seed);
    private readonly long _delay = Ticks(profile.DelayMs);
    private double _jitter;
    private long _busyUntil;
    private long _last;

    /// <summary>What it is like.</summary>
    public LinkProfile Profile { get; } = profile;

    /// <summary>Takes a packet.</summary>
    /// <param name="now">When it arrives.</param>
    /// <param name="octets">Its length.</param>
    /// <param name="due">When it leaves.</param>
    /// <returns>False when it is lost, or the queue is full.</returns>
    public bool TryPass(TimeSpan now, int octets, out TimeSpan due)
    {
        // Three draws for each packet, whatever happens to it.
        var lost = _random.NextDouble() < Profile.Loss;
        var overtaken = _random.NextDouble() < Profile.Reorder;
        var normal = Normal(_random.NextDouble());
        due = default;
        if (Profile.JitterMs > 0)
            _jitter = (Memory * _jitter) + (Math.Sqrt(1 - (Memory * Memory)) * normal);
        var start = Math.Max(now.Ticks, _busyUntil);
        if (start - now.Ticks > Ticks(Profile.QueueMs))
            return false;
        if (Profile.RateMbit > 0)
            start = _busyUntil = start + (long)(octets * 8 * 10 / Profile.RateMbit);
        if (lost)
            return false;
        var delay = Math.Max(_delay / 2, _delay + Ticks(Profile.JitterMs * _jitter));
        var leaves = start + delay;
        if (overtaken)
            leaves += delay / 2;
        else
            leaves = _last = Math.Max(leaves, _last); // In order.
        due = new TimeSpan(leaves);
        return true;
    }

    private static long Ticks(double milliseconds) => (long)(milliseconds * TimeSpan.TicksPerMillisecond);

    /// <summary>A normal deviate from a uniform one: the logistic approximation, cut at 4.</summary>
    private static double Normal(double uniform)
    {
        var inside = Math.Clamp(uniform, 1e-6, 1 - 1e-6);
        return Math.Clamp(Math.Log(inside / (1 - inside)) / 1.702, -4, 4);
    }
}
