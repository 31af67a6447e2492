using Karez.Net.Loops;
using Karez.Wire;

namespace Karez.Client.Endpoints;

/// <summary>The connections to one address that stand, and which of them is still. For one thread at a time.</summary>
internal sealed class RunningConnections
{
    /// <summary>
    /// How long a web flow whose last octets were the far side's may be still while others wait for its place: what
    /// some sites grant an idle connection themselves (Apache's KeepAliveTimeout).
    /// </summary>
    public static readonly TimeSpan WebStillness = TimeSpan.FromSeconds(5);

    /// <summary>How long any flow may be, while somebody has waited as long (our choice).</summary>
    public static readonly TimeSpan AnyStillness = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Connection, Held> _running = [];
    private long _octets;

    /// <summary>
    /// What went over connections that are over, and until now over those that run: one long download is seen while it
    /// lasts. Summed when it is asked for, so that no packet pays for it.
    /// </summary>
    public long Octets => _octets + _running.Keys.Sum(connection => connection.BytesMoved);

    /// <summary>A connection stands.</summary>
    public void Add(Connection connection, Instant now) =>
        _running.Add(connection, new Held(new Stillness(connection.BytesWritten, connection.BytesRead, now)));

    /// <summary>It became a flow's own.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="isWeb">Whether a program that finds it ended makes another, as browsers do.</param>
    public void Carry(Connection connection, bool isWeb)
    {
        if (_running.TryGetValue(connection, out var held))
            (held.IsFlow, held.IsWeb) = (true, isWeb);
    }

    /// <summary>It is over; what it moved stays.</summary>
    public void Remove(Connection connection)
    {
        if (_running.Remove(connection))
            _octets += connection.BytesMoved;
    }

    /// <summary>Looks at the counts of each.</summary>
    public void Look(Instant now)
    {
        foreach (var (connection, held) in _running)
            held.Stillness.Look(connection.BytesWritten, connection.BytesRead, now);
    }

    /// <summary>Which one shall end for somebody who waits: the flow that has been still the longest.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="waited">How long he has waited.</param>
    /// <returns>Each at most once; null when none is still enough.</returns>
    public Connection? TakeStill(Instant now, TimeSpan waited)
    {
        var (still, longest) = ((Connection?)null, TimeSpan.Zero);
        foreach (var (connection, held) in _running)
        {
            var span = held.Stillness.At(now);
            if (span > longest && held.GivesWay(span, waited))
                (still, longest) = (connection, span);
        }

        if (still is not null)
            _running[still].IsEnded = true;
        return still;
    }

    private sealed class Held(Stillness stillness)
    {
        public Stillness Stillness => stillness;

        public bool IsFlow { get; set; }

        public bool IsWeb { get; set; }

        public bool IsEnded { get; set; }

        public bool GivesWay(TimeSpan still, TimeSpan waited) => IsFlow && !IsEnded
            && ((IsWeb && !stillness.Awaits && still >= WebStillness)
                || (still >= AnyStillness && waited >= AnyStillness));
    }
}
