using Karez.Net.Loops;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>
/// Bounds how many connections a second reach the target: above it everyone waits his turn, as at a busy site.
/// </summary>
/// <remarks>Shared by all loops. The wait is booked at once, so turns are taken in order of arrival.</remarks>
public sealed class TokenBucket
{
    private readonly double _perMillisecond;
    private readonly double _burst;
    private readonly Lock _lock = new();
    private double _tokens;
    private Instant _last;

    /// <summary>Starts full.</summary>
    /// <param name="perSecond">Tokens a second.</param>
    /// <param name="burst">Most tokens saved up.</param>
    public TokenBucket(double perSecond, double burst)
    {
        _perMillisecond = perSecond / 1000;
        _tokens = _burst = burst;
    }

    /// <summary>Takes a token, waiting on the loop until it is there.</summary>
    public ValueTask TakeAsync(EventLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        var wait = Book(loop.Now);
        return wait == TimeSpan.Zero ? ValueTask.CompletedTask : loop.DelayAsync(wait);
    }

    internal TimeSpan Book(Instant now)
    {
        lock (_lock)
        {
            if (now > _last)
            {
                _tokens = Math.Min(_burst, _tokens + ((now - _last).TotalMilliseconds * _perMillisecond));
                _last = now;
            }

            _tokens -= 1;
            return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(-_tokens / _perMillisecond));
        }
    }
}
