using Karez.Net.Loops;
using Karez.Net.Tunnel;

namespace Karez.Server;

/// <summary>
/// What a client gets that holds a valid short id and asks for something that is not its own: what a site gives to a
/// request that never ends. It is read and dropped, and after the site's patience the connection closes.
/// </summary>
internal static class Silence
{
    /// <summary>Reads and drops until the client leaves or the time is up.</summary>
    public static async ValueTask KeepAsync(Tunnel tunnel, TimeSpan patience)
    {
        using var limit = new LoopTimer(
            tunnel.Connection.Loop, () => tunnel.Connection.Abort(ConnectionFault.TimedOut));
        limit.Set(patience);
        try
        {
            while (!(await tunnel.ReceiveAsync()).IsEmpty)
            {
            }
        }
        catch (ConnectionException exception) when (exception.Fault == ConnectionFault.TimedOut)
        {
            tunnel.Connection.ShutdownWrite();
        }
    }
}
