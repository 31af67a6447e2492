using System.Net;
using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>
/// A TCP or Unix stream connection that belongs to one loop. Members are for the loop's thread. At most one reader
/// and one writer wait at a time. docs/protocols/connection.md has the whole contract.
/// </summary>
public sealed partial class Connection : IPollable, IDisposable
{
    private readonly EventLoop _loop;
    private readonly ReadOperation _reader;
    private readonly WriteOperation _writer;
    private readonly bool _isIP;
    private int _descriptor;
    private ulong _key;
    private ConnectionFault _fault;
    private int _errno;
    private bool _disposed;
    private bool _writeShut;
    private Action? _whenReset;
    private Action? _whenAborted;
    private EndPoint? _local;
    private EndPoint? _remote;

    private Connection(EventLoop loop, int descriptor, bool isIP, EndPoint? remote)
    {
        _loop = loop;
        _descriptor = descriptor;
        _isIP = isIP;
        _remote = remote;
        _reader = new ReadOperation(this);
        _writer = new WriteOperation(this);
    }

    /// <summary>The loop that owns it.</summary>
    public EventLoop Loop => _loop;

    /// <summary>Octets read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Octets written, that is taken by the kernel.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Octets of both directions; may be read on any thread, and is a moment old there.</summary>
    public long BytesMoved => BytesRead + BytesWritten;

    /// <summary>How the peer's direction stands, as far as the kernel has told, read or not.</summary>
    public ConnectionEnd PeerEnd { get; private set; }

    /// <summary>The fault that ended it; <see cref="ConnectionFault.None"/> while it works.</summary>
    public ConnectionFault Fault => _fault;

    /// <summary>This end; IPv4 in IPv6 form shows as IPv4; null for a nameless Unix socket.</summary>
    public EndPoint? LocalEndPoint => _local ??= _disposed ? null : Sockets.LocalEndPoint(_descriptor);

    /// <summary>The other end; null for a nameless Unix socket.</summary>
    public EndPoint? RemoteEndPoint => _remote ??= _disposed ? null : Sockets.RemoteEndPoint(_descriptor);

    /// <summary>The descriptor, for a relay that moves octets by itself; -1 once disposed.</summary>
    internal int Descriptor => _disposed ? -1 : _descriptor;

    /// <summary>Takes over an accepted, non-blocking descriptor. It is closed when that fails.</summary>
    /// <exception cref="ConnectionException">The loop could not watch it.</exception>
    public static Connection FromAccepted(EventLoop loop, int descriptor, EndPoint? remote, bool isIP)
    {
        var connection = new Connection(loop, descriptor, isIP, remote);
        connection.Register(writable: true);
        return connection;
    }

    /// <summary>Two connected Unix sockets on one loop.</summary>
    public static (Connection First, Connection Second) Pair(EventLoop loop) => Pair(loop, loop);

    /// <summary>Two connected Unix sockets; <paramref name="second"/> is for its own loop's thread.</summary>
    internal static (Connection First, Connection Second) Pair(EventLoop first, EventLoop second)
    {
        var result = Sockets.OpenPair(out var a, out var b);
        if (result < 0) throw new ConnectionException(ConnectionException.FaultOf(-result), -result);
        return (FromAccepted(first, a, null, isIP: false), FromAccepted(second, b, null, isIP: false));
    }

    /// <summary>Sends FIN after what was written. Does nothing on a connection that is over.</summary>
    public void ShutdownWrite()
    {
        _loop.CheckThread();
        if (_disposed || _writeShut) return;
        if (_writer.IsPending) throw new InvalidOperationException("A writer is waiting.");
        _writeShut = true;
        _ = Sockets.ShutdownWrite(_descriptor);
    }

    /// <summary>Sends RST and disposes the connection; a Unix socket is only closed.</summary>
    public void Reset()
    {
        _loop.CheckThread();
        if (_disposed) return;
        if (_isIP) _ = Sockets.SetResetOnClose(_descriptor);
        Dispose();
    }

    /// <summary>
    /// Makes pending and later operations fail with <paramref name="fault"/>. Pending ones are resumed on the next
    /// turn, not in here. The first fault stays.
    /// </summary>
    public void Abort(ConnectionFault fault)
    {
        _loop.CheckThread();
        if (_fault != ConnectionFault.None) return;
        _fault = fault;
        if (_reader.IsPending) _reader.FailLater(fault);
        if (_writer.IsPending) _writer.FailLater(fault);
        if (_whenAborted is not { } action) return;
        _whenAborted = null;
        _loop.Post(action);
    }

    /// <summary>Closes it; what is pending fails with <see cref="ConnectionFault.Closed"/>.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _whenAborted = null;
        Abort(ConnectionFault.Closed);
        _disposed = true;
        _loop.Unwatch(_key);
        _ = Descriptors.Close(_descriptor);
    }

    /// <summary>
    /// Calls <paramref name="action"/> once, on the loop, when RST has come; at once if it came before. Reading does
    /// not tell of a RST that follows a FIN: it only repeats the end.
    /// </summary>
    public void WhenReset(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _loop.CheckThread();
        if (PeerEnd == ConnectionEnd.Reset) action();
        else _whenReset = action;
    }

    /// <summary>
    /// Calls <paramref name="action"/> once, after this turn, when the connection is aborted; not when it is disposed.
    /// For who may be waiting for another connection meanwhile.
    /// </summary>
    public void WhenAborted(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _loop.CheckThread();
        if (_fault != ConnectionFault.None) _loop.Post(action);
        else _whenAborted = action;
    }

    void IPollable.OnReady(uint events)
    {
        const uint ended = Epoll.Error | Epoll.HangUp | Epoll.PeerFinished;
        if ((events & Epoll.Urgent) != 0) _sawUrgent = true;
        if ((events & ended) != 0) NoteEnd(events);
        if ((events & (Epoll.In | ended)) != 0) _readable = true;
        if ((events & (Epoll.Out | Epoll.Error | Epoll.HangUp)) != 0) _writable = true;
        if (_writable && _writer.IsPending) _writer.Attempt();
        if (_readable && _reader.IsPending) _reader.Attempt();
        if (PeerEnd != ConnectionEnd.Reset || _disposed || _whenReset is not { } action) return;
        _whenReset = null;
        action();
    }

    void IPollable.OnLoopClosing() => Abort(ConnectionFault.Closed);

    private void Register(bool writable)
    {
        _writable = writable;
        try
        {
            _key = _loop.Watch(this, _descriptor, Interest);
        }
        catch (ConnectionException)
        {
            _disposed = true;
            _ = Descriptors.Close(_descriptor);
            throw;
        }
    }

    private void NoteEnd(uint events)
    {
        _sawEnd = true;
        if ((events & Epoll.Error) != 0) PeerEnd = ConnectionEnd.Reset;
        else if (PeerEnd == ConnectionEnd.Open) PeerEnd = ConnectionEnd.Finished;
    }

    private const uint Interest = Epoll.In | Epoll.Out | Epoll.PeerFinished | Epoll.Urgent;
}
