using Karez.Net.Loops;

namespace Karez.Net.Relay;

/// <summary>
/// Carries a stranger's connection to the target and back, octet for octet, with half-close and reset passed on. What
/// proves to be bulk is spliced, as a person's is.
/// </summary>
/// <remarks>It has no time limits of its own: the target's are what a stranger has to meet.</remarks>
public static class Forwarding
{
    /// <summary>Carries one direction until its end.</summary>
    /// <returns>
    /// False when either connection broke; the other was reset then, or will be closed by the caller.
    /// </returns>
    public static ValueTask<bool> CarryAsync(Connection from, Connection to) =>
        CarryAsync(from, to, StrangerCare.Faithful);

    /// <summary>As the public one, with a way of handling that tests may replace.</summary>
    internal static async ValueTask<bool> CarryAsync(Connection from, Connection to, StrangerCare care)
    {
        // The pump may be waiting for the other side.
        from.WhenAborted(() => to.Abort(from.Fault));
        try
        {
            await new BarePump(from, to, rate: null, counted: null) { Care = care }.RunAsync();
            End(from, to);
            return true;
        }
        catch (ConnectionException)
        {
            PassOn(from, to);
            PassOn(to, from);
            return false;
        }
    }

    /// <summary>
    /// Passes on the end of what <paramref name="from"/> sends, and a reset that comes after it: a socket that is
    /// closed, not only shut, answers later octets with RST.
    /// </summary>
    public static void End(Connection from, Connection to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        to.ShutdownWrite();
        from.WhenReset(to.Reset);
    }

    /// <summary>A reset on one side becomes a reset on the other.</summary>
    private static void PassOn(Connection from, Connection to)
    {
        if (from.PeerEnd == ConnectionEnd.Reset)
            to.Reset();
    }
}
