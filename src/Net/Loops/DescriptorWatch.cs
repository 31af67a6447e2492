using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>
/// Tells when a descriptor that is neither a stream nor a UDP socket can be read: a device, netlink. The descriptor
/// stays its opener's, who closes it after the watch. Members are for the loop's thread.
/// </summary>
public sealed class DescriptorWatch : IPollable, IDisposable
{
    private readonly EventLoop _loop;
    private readonly int _descriptor;
    private readonly Action _readable;
    private readonly Action _closing;
    private readonly More _more;
    private readonly ulong _key;
    private bool _disposed;

    /// <summary>Begins to watch.</summary>
    /// <param name="loop">The calling loop.</param>
    /// <param name="descriptor">Non-blocking.</param>
    /// <param name="readable">
    /// Called when there is something to read or an error to find: reads until EAGAIN, or calls <see cref="Again"/>.
    /// </param>
    /// <param name="closing">Called when the loop ends.</param>
    /// <exception cref="ConnectionException">The loop could not watch it.</exception>
    public DescriptorWatch(EventLoop loop, int descriptor, Action readable, Action closing)
    {
        ArgumentNullException.ThrowIfNull(loop);
        loop.CheckThread();
        (_loop, _descriptor, _readable, _closing) = (loop, descriptor, readable, closing);
        _more = new More(this);
        _key = loop.Watch(this, descriptor, Epoll.In);
    }

    /// <summary>Calls back once more on the next turn, after everybody else: for who stops before EAGAIN.</summary>
    public void Again()
    {
        if (!_disposed)
            _loop.Defer(_more);
    }

    /// <summary>Ends the watch; the descriptor stays open.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _loop.Unwatch(_key, _descriptor);
    }

    void IPollable.OnReady(uint events) => Call();

    void IPollable.OnLoopClosing() => _closing();

    private void Call()
    {
        if (!_disposed)
            _readable();
    }

    private sealed class More(DescriptorWatch watch) : LoopWork
    {
        internal override void Run() => watch.Call();
    }
}
