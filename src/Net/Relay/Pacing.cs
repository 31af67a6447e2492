using Karez.Net.Loops;
using Karez.Wire;

namespace Karez.Net.Relay;

/// <summary>Waiting for a <see cref="RateLimit"/>.</summary>
internal static class Pacing
{
    // A flow that is aborted while it waits has to notice soon.
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    /// <summary>Books octets moved from a connection, and waits; ends early when the connection does.</summary>
    public static ValueTask BookAsync(RateLimit? limit, Connection connection, int octets)
    {
        if (limit is null)
            return default;
        var wait = limit.Book(octets, connection.Loop.Now);
        return wait == TimeSpan.Zero ? default : WaitAsync(connection, connection.Loop.Now + wait);
    }

    private static async ValueTask WaitAsync(Connection connection, Instant until)
    {
        var loop = connection.Loop;
        while (loop.Now < until && connection.Fault == ConnectionFault.None)
        {
            var next = loop.Now + s_look;
            await loop.DelayUntilAsync(next < until ? next : until);
        }
    }
}
