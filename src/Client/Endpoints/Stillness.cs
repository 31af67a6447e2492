using Karez.Wire;

namespace Karez.Client.Endpoints;

/// <summary>
/// Whether a connection is still, as far as its counts say at the moments at which they are looked at; pure. No octet
/// pays for it.
/// </summary>
/// <param name="up">Octets sent until now.</param>
/// <param name="down">Octets received until now.</param>
/// <param name="now">The loop's time.</param>
internal sealed class Stillness(long up, long down, Instant now)
{
    private long _up = up;
    private long _down = down;
    private Instant _moved = now;

    /// <summary>Something was sent, and nothing has come since: somebody waits for an answer.</summary>
    public bool Awaits { get; private set; }

    /// <summary>Looks again.</summary>
    /// <param name="up">Octets sent until now.</param>
    /// <param name="down">Octets received until now.</param>
    /// <param name="now">The loop's time.</param>
    public void Look(long up, long down, Instant now)
    {
        if ((up, down) == (_up, _down))
            return;
        Awaits = down == _down;
        (_up, _down, _moved) = (up, down, now);
    }

    /// <summary>For how long nothing has been seen to move; it may be longer, and never is shorter.</summary>
    public TimeSpan At(Instant now) => now - _moved;
}
