using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>
/// One of two connected Unix sockets that no loop watches yet: for another loop than the first one's.
/// </summary>
public sealed class LooseEnd : IDisposable
{
    private int _descriptor;

    private LooseEnd(int descriptor) => _descriptor = descriptor;

    /// <summary>Two connected Unix sockets, of which the first is the calling loop's.</summary>
    /// <exception cref="ConnectionException">No descriptors are left, or the loop has ended.</exception>
    public static (Connection Near, LooseEnd Far) Pair(EventLoop loop)
    {
        var result = Sockets.OpenPair(out var near, out var far);
        if (result < 0)
            throw new ConnectionException(ConnectionException.FaultOf(-result), -result);
        try
        {
            return (Connection.FromAccepted(loop, near, null, isIP: false), new LooseEnd(far));
        }
        catch (ConnectionException)
        {
            _ = Descriptors.Close(far);
            throw;
        }
    }

    /// <summary>Makes it a connection of a loop; on that loop, once.</summary>
    /// <exception cref="ConnectionException">The loop could not watch it; it is closed.</exception>
    public Connection Adopt(EventLoop loop)
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        ObjectDisposedException.ThrowIf(descriptor < 0, this);
        return Connection.FromAccepted(loop, descriptor, null, isIP: false);
    }

    /// <summary>Closes it, unless a loop has it.</summary>
    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
            _ = Descriptors.Close(descriptor);
    }
}
