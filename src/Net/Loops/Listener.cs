using System.Net;
using System.Net.Sockets;
using Karez.Sys;
using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>
/// Accepts connections on one loop and hands them to the loops of a group in turn, where each is served by a flow of
/// its own and disposed when the flow ends.
/// </summary>
public sealed class Listener : IPollable, IAsyncDisposable
{
    private readonly LoopGroup _group;
    private readonly EventLoop _loop;
    private readonly Func<Connection, ValueTask> _serve;
    private readonly ListenerOptions _options;
    private readonly int _descriptor;
    private readonly bool _isIP;
    private readonly LoopTimer _pause;
    private readonly More _more;
    private readonly byte[] _address = new byte[SocketAddresses.MaxSize];
    private ulong _key;
    private bool _closed;
    private bool _atLimit;
    private bool _saidOut;
    private Instant _lastShortage;
    private int _open;
    private long _accepted;

    // One for all callers, and not one held by each.
    private readonly Func<(EventLoop Loop, int Descriptor, EndPoint? Remote), ValueTask> _serveCaller;

    private Listener(
        LoopGroup group, int descriptor, EndPoint local, Func<Connection, ValueTask> serve, ListenerOptions options)
    {
        _group = group;
        _loop = group.Next();
        _serve = serve;
        _options = options;
        _descriptor = descriptor;
        _isIP = local is IPEndPoint;
        LocalEndPoint = Sockets.LocalEndPoint(descriptor) ?? local;
        _pause = new LoopTimer(_loop, Accept);
        _more = new More(this);
        _serveCaller = ServeAsync;
    }

    /// <summary>Where it listens, with the port that the kernel chose if 0 was asked for.</summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>Connections accepted so far.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections being served.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>
    /// Listens, and begins to accept. [::] takes IPv4 callers too, and becomes 0.0.0.0 where there is no IPv6.
    /// From any thread.
    /// </summary>
    /// <param name="group">The loops that serve.</param>
    /// <param name="endPoint">An IP end point or a Unix socket's path.</param>
    /// <param name="serve">A connection's flow.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ListenException">The address cannot be listened on.</exception>
    public static Listener Start(
        LoopGroup group, EndPoint endPoint, Func<Connection, ValueTask> serve, ListenerOptions options)
    {
        var descriptor = Bind(endPoint, options);
        if (descriptor is -Errno.FamilyNotSupported or -Errno.AddressNotAvailable
            && endPoint is IPEndPoint ip && ip.Address.Equals(IPAddress.IPv6Any))
            descriptor = Bind(endPoint = new IPEndPoint(IPAddress.Any, ip.Port), options);
        if (descriptor < 0) throw new ListenException(endPoint, ListenException.FaultOf(-descriptor), -descriptor);
        var listener = new Listener(group, descriptor, endPoint, serve, options);
        listener._loop.Post(listener.Watch);
        return listener;
    }

    /// <summary>Stops accepting; connections being served go on. A Unix socket's file is removed.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_loop.IsCurrent)
            return _loop.HasEnded ? default : new ValueTask(_loop.RunAsync(() => { Close(); return default; }));
        Close();
        return default;
    }

    void IPollable.OnReady(uint events)
    {
        if (!_pause.IsScheduled && !_atLimit) Accept();
    }

    void IPollable.OnLoopClosing() => Close();

    private static int Bind(EndPoint endPoint, ListenerOptions options)
    {
        var descriptor = Sockets.OpenStream(endPoint);
        if (descriptor < 0) return descriptor;
        var result = endPoint is UnixDomainSocketEndPoint unix
            ? BindUnix(descriptor, unix, options.Mode)
            : BindIP(descriptor, (IPEndPoint)endPoint);
        if (result >= 0) result = Sockets.Listen(descriptor, options.Backlog);
        if (result >= 0) return descriptor;
        _ = Descriptors.Close(descriptor);
        return result;
    }

    private static int BindIP(int descriptor, IPEndPoint endPoint)
    {
        _ = Sockets.SetReuseAddress(descriptor);
        _ = Sockets.SetNoDelay(descriptor);
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6) _ = Sockets.SetIPv6Only(descriptor, false);
        return Sockets.Bind(descriptor, endPoint);
    }

    private static int BindUnix(int descriptor, UnixDomainSocketEndPoint endPoint, UnixFileMode mode)
    {
        // The mode of the unbound socket becomes the file's, so there is no moment at which others could connect.
        _ = Sockets.SetMode(descriptor, mode);
        var result = Sockets.Bind(descriptor, endPoint);
        if (result != -Errno.AddressInUse || IsAnswered(endPoint)) return result;
        File.Delete(endPoint.ToString());
        return Sockets.Bind(descriptor, endPoint);
    }

    /// <summary>Whether the file there is anything but a socket that nobody listens on any more.</summary>
    private static bool IsAnswered(UnixDomainSocketEndPoint endPoint)
    {
        var probe = Sockets.OpenStream(endPoint);
        if (probe < 0) return true;
        var result = Sockets.Connect(probe, endPoint);
        _ = Descriptors.Close(probe);
        // A regular file refuses too, and must not be deleted.
        return result != -Errno.ConnectionRefused || !Files.IsSocket(endPoint.ToString());
    }

    private void Watch()
    {
        if (_closed) return;
        _key = _loop.Watch(this, _descriptor, Epoll.In);
    }

    private void Close()
    {
        if (_closed) return;
        _closed = true;
        _pause.Cancel();
        _loop.Unwatch(_key);
        _ = Descriptors.Close(_descriptor);
        if (LocalEndPoint is UnixDomainSocketEndPoint unix && !unix.ToString().StartsWith('@'))
            File.Delete(unix.ToString());
    }

    private void Accept()
    {
        for (var i = 0; i < AcceptsInTurn; i++)
        {
            if (_closed) return;
            if (Volatile.Read(ref _open) >= _options.MaxConnections)
            {
                _atLimit = true;
                Interlocked.MemoryBarrier();
                // The last one may have ended between the look and the flag.
                if (Volatile.Read(ref _open) >= _options.MaxConnections)
                {
                    Say(ListenerEvent.Full);
                    return;
                }

                _atLimit = false;
            }

            if (_isIP && !_loop.HasDescriptors(times: 2))
            {
                NoteShortage();
                return;
            }

            var descriptor = Sockets.Accept(_descriptor, _address, out var length);
            if (descriptor == -Errno.Again)
            {
                NoteCalm();
                return;
            }

            if (descriptor >= 0) HandOver(descriptor, SocketAddresses.Decode(_address.AsSpan(0, length)));
            else if (IsShortage(-descriptor))
            {
                NoteShortage();
                return;
            }

            // Anything else is a caller who left before he was let in.
        }

        _loop.Defer(_more);
    }

    private void HandOver(int descriptor, EndPoint? remote)
    {
        Interlocked.Increment(ref _accepted);
        Interlocked.Increment(ref _open);
        var loop = _group.Next();
        if (loop == _loop) loop.Start(_serveCaller, (loop, descriptor, remote));
        else loop.Post(() => loop.Start(_serveCaller, (loop, descriptor, remote)));
    }

    private async ValueTask ServeAsync((EventLoop Loop, int Descriptor, EndPoint? Remote) caller)
    {
        try
        {
            using var connection = Connection.FromAccepted(caller.Loop, caller.Descriptor, caller.Remote, _isIP);
            await _serve(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            if (_atLimit) _loop.Post(Continue);
        }
    }

    private void Continue()
    {
        if (!_atLimit) return;
        _atLimit = false;
        if (!_pause.IsScheduled) Accept();
    }

    private static bool IsShortage(int errno) =>
        errno is Errno.ProcessFiles or Errno.SystemFiles or Errno.NoBuffers or Errno.NoMemory;

    private void NoteShortage()
    {
        _pause.Set(s_pause);
        Say(ListenerEvent.OutOfDescriptors);
    }

    private void Say(ListenerEvent shortage)
    {
        _lastShortage = _loop.Now;
        if (_saidOut) return;
        _saidOut = true;
        _options.Notify?.Invoke(shortage);
    }

    private void NoteCalm()
    {
        if (!_saidOut) return;
        if (_loop.Now - _lastShortage < s_calm)
        {
            // Looks again later, as there may be no caller for a long time to make us look.
            _pause.Set(s_pause);
            return;
        }

        _saidOut = false;
        _options.Notify?.Invoke(ListenerEvent.Recovered);
    }

    private sealed class More(Listener listener) : LoopWork
    {
        internal override void Run()
        {
            if (!listener._pause.IsScheduled && !listener._atLimit) listener.Accept();
        }
    }

    private const int AcceptsInTurn = 64;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(2);
}
