using Karez.Wire;

namespace Karez.Net.Relay;

/// <summary>
/// Bounds the octets a second of all flows that share it: a token bucket that lends, so that turns are taken in order
/// of arrival. Members are for any thread.
/// </summary>
/// <remarks>
/// It starts with a quarter of a second's octets, which is also the most it saves up. A flow books what it has moved
/// and waits for what it is told; it moves at most <see cref="Chunk"/> at once, so that nobody waits long for others.
/// </remarks>
public sealed class RateLimit
{
    private readonly Lock _lock = new();
    private long _perSecond;
    private double _tokens;
    private Instant _last;

    /// <summary>Starts full.</summary>
    /// <param name="octetsPerSecond">The bound; 0 for none.</param>
    public RateLimit(long octetsPerSecond = 0) => Change(octetsPerSecond);

    /// <summary>Octets a second; 0 while there is no bound.</summary>
    public long OctetsPerSecond => Volatile.Read(ref _perSecond);

    /// <summary>The most to move before booking it: what 50 ms allow, at least 1 KiB and at most 1 MiB.</summary>
    public int Chunk =>
        OctetsPerSecond is > 0 and var perSecond ? (int)Math.Clamp(perSecond / 20, MinChunk, MaxChunk) : MaxChunk;

    /// <summary>Sets another bound, for flows that run too.</summary>
    /// <param name="octetsPerSecond">The bound; 0 for none.</param>
    public void Change(long octetsPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(octetsPerSecond);
        lock (_lock)
        {
            if (octetsPerSecond == _perSecond)
                return;
            Volatile.Write(ref _perSecond, octetsPerSecond);
            _tokens = Burst;
        }
    }

    /// <summary>Books octets that were moved and says how long to wait before moving more.</summary>
    public TimeSpan Book(int octets, Instant now)
    {
        if (OctetsPerSecond == 0)
            return TimeSpan.Zero;
        lock (_lock)
        {
            Refill(now);
            _tokens -= octets;
            return _tokens >= 0 || _perSecond == 0
                ? TimeSpan.Zero
                : TimeSpan.FromMilliseconds(Math.Ceiling(-_tokens * 1000 / _perSecond));
        }
    }

    /// <summary>Books octets that could as well be dropped; false when they have to be.</summary>
    public bool TryBook(int octets, Instant now)
    {
        if (OctetsPerSecond == 0)
            return true;
        lock (_lock)
        {
            Refill(now);
            if (_tokens < 0)
                return false;
            _tokens -= octets;
            return true;
        }
    }

    private double Burst => _perSecond / 4.0;

    private void Refill(Instant now)
    {
        if (now <= _last)
            return;
        _tokens = Math.Min(Burst, _tokens + ((now - _last).TotalMilliseconds * _perSecond / 1000));
        _last = now;
    }

    private const int MinChunk = 1024;
    private const int MaxChunk = 1024 * 1024;
}
