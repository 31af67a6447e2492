using Karez.Sys;

namespace Karez.Net.Loops;

/// <content>From one loop to another.</content>
public sealed partial class DatagramConnection
{
    /// <summary>
    /// Gives the socket up without closing it; this object is then as if disposed, and a pending receive fails with
    /// <see cref="ConnectionFault.Closed"/>.
    /// </summary>
    /// <returns>What <see cref="Adopt"/> takes; null if it was disposed before.</returns>
    internal Loose? Release()
    {
        if (_disposed) return null;
        Abort(ConnectionFault.Closed);
        _disposed = true;
        _loop.Unwatch(_key, _descriptor);
        return new Loose(_descriptor, _isIPv6);
    }

    /// <summary>
    /// Takes a socket over for the calling loop. What waits in it is reported by the new loop; it is closed on failure.
    /// </summary>
    /// <exception cref="ConnectionException">The loop could not watch it.</exception>
    internal static DatagramConnection Adopt(EventLoop loop, Loose loose)
    {
        loop.CheckThread();
        try
        {
            return new DatagramConnection(loop, loose.Descriptor, loose.IsIPv6);
        }
        catch (ConnectionException)
        {
            loose.Close();
            throw;
        }
    }

    /// <summary>An open UDP socket that no loop watches.</summary>
    internal readonly record struct Loose(int Descriptor, bool IsIPv6)
    {
        internal void Close() => _ = Descriptors.Close(Descriptor);
    }
}
