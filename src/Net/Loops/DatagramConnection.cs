using System.Net;
using System.Net.Sockets;
using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>A UDP socket on a loop. Members are for the loop's thread; one receiver waits at a time.</summary>
public sealed partial class DatagramConnection : IPollable, IDisposable
{
    private readonly EventLoop _loop;
    private readonly int _descriptor;
    private readonly bool _isIPv6;
    private readonly ReceiveOperation _receiver;
    private readonly byte[] _address = new byte[SocketAddresses.MaxSize];
    private readonly byte[] _lastAddress = new byte[SocketAddresses.MaxSize];
    private readonly ulong _key;
    private IPEndPoint? _lastSource;
    private int _lastLength;
    private ConnectionFault _fault;
    private bool _readable;
    private bool _disposed;
    private long _readTurn;
    private int _readsInTurn;

    private DatagramConnection(EventLoop loop, int descriptor, bool isIPv6)
    {
        _loop = loop;
        _descriptor = descriptor;
        _isIPv6 = isIPv6;
        _receiver = new ReceiveOperation(this);
        LocalEndPoint = Sockets.LocalEndPoint(descriptor) as IPEndPoint ?? new IPEndPoint(IPAddress.Any, 0);
        _key = loop.Watch(this, descriptor, Epoll.In);
    }

    /// <summary>The loop that owns it.</summary>
    public EventLoop Loop => _loop;

    /// <summary>Where it is bound.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Whether it can send to IPv6 addresses too.</summary>
    public bool ReachesIPv6 => _isIPv6;

    /// <summary>Datagrams not sent: the kernel was full, or would not have them.</summary>
    public long DroppedSends { get; private set; }

    /// <summary>Datagrams not given to the receiver, as they did not fit its buffer.</summary>
    public long DroppedReceives { get; private set; }

    /// <summary>
    /// Opens a socket on the calling loop. [::] reaches IPv4 too, and becomes 0.0.0.0 where there is no IPv6.
    /// </summary>
    /// <exception cref="ListenException">The address cannot be had.</exception>
    public static DatagramConnection Open(EventLoop loop, IPEndPoint local, ConnectOptions options)
    {
        loop.CheckThread();
        var descriptor = loop.HasDescriptors(times: 1) ? Bind(local, options) : -Errno.ProcessFiles;
        if (descriptor is -Errno.FamilyNotSupported or -Errno.AddressNotAvailable
            && local.Address.Equals(IPAddress.IPv6Any))
            descriptor = Bind(local = new IPEndPoint(IPAddress.Any, local.Port), options);
        if (descriptor < 0) throw new ListenException(local, ListenException.FaultOf(-descriptor), -descriptor);
        try
        {
            return new DatagramConnection(loop, descriptor, local.AddressFamily == AddressFamily.InterNetworkV6);
        }
        catch (ConnectionException)
        {
            _ = Descriptors.Close(descriptor);
            throw;
        }
    }

    /// <summary>Receives the next datagram; one that does not fit <paramref name="buffer"/> is dropped.</summary>
    /// <exception cref="ConnectionException">The socket was aborted or disposed.</exception>
    public async ValueTask<Datagram> ReceiveFromAsync(Memory<byte> buffer)
    {
        Datagram datagram;
        while (!TryReceiveFrom(buffer.Span, out datagram)) await WaitReadableAsync();
        return datagram;
    }

    /// <summary>Waits until there may be a datagram. Holds no buffer.</summary>
    /// <exception cref="ConnectionException">The socket was aborted or disposed.</exception>
    public ValueTask WaitReadableAsync()
    {
        _loop.CheckThread();
        if (_readable && _fault == ConnectionFault.None && _receiver.IsIdle && MayReadNow()) return default;
        _receiver.Start();
        return _receiver.AsDone();
    }

    /// <summary>Receives a datagram that is there; false when there is none.</summary>
    /// <exception cref="ConnectionException">The socket was aborted or disposed.</exception>
    public bool TryReceiveFrom(Span<byte> buffer, out Datagram datagram)
    {
        _loop.CheckThread();
        if (_fault != ConnectionFault.None) throw new ConnectionException(_fault);
        datagram = default;
        while (_readable)
        {
            var length = Sockets.ReceiveFrom(_descriptor, buffer, _address, out var addressLength);
            if (length == -Errno.Again) _readable = false;
            // Errors are about datagrams sent earlier (an ICMP answer) and say nothing about this socket.
            if (length < 0) continue;
            if (length > buffer.Length || SourceOf(addressLength) is not { } source)
            {
                DroppedReceives++;
                continue;
            }

            datagram = new Datagram(length, source);
            return true;
        }

        return false;
    }

    /// <summary>Sends a datagram, or drops and counts it; never waits.</summary>
    public void SendTo(ReadOnlySpan<byte> payload, IPEndPoint destination)
    {
        _loop.CheckThread();
        Span<byte> address = stackalloc byte[SocketAddresses.MaxSize];
        if (_disposed || (!_isIPv6 && destination.AddressFamily != AddressFamily.InterNetwork))
        {
            DroppedSends++;
            return;
        }

        var length = SocketAddresses.Encode(destination, address, _isIPv6);
        if (Sockets.SendTo(_descriptor, payload, address[..length]) < 0) DroppedSends++;
    }

    /// <summary>Makes the pending and every later receive fail; the pending one is resumed on the next turn.</summary>
    public void Abort(ConnectionFault fault)
    {
        _loop.CheckThread();
        if (_fault != ConnectionFault.None) return;
        _fault = fault;
        if (_receiver.IsPending) _receiver.FailLater(fault);
    }

    /// <summary>Closes it; a pending receive fails with <see cref="ConnectionFault.Closed"/>.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        Abort(ConnectionFault.Closed);
        _disposed = true;
        _loop.Unwatch(_key);
        _ = Descriptors.Close(_descriptor);
    }

    void IPollable.OnReady(uint events)
    {
        _readable = true;
        if (_receiver.IsPending) _receiver.Complete(0);
    }

    void IPollable.OnLoopClosing() => Abort(ConnectionFault.Closed);

    private static int Bind(IPEndPoint local, ConnectOptions options)
    {
        var descriptor = Sockets.OpenDatagram(local);
        if (descriptor < 0) return descriptor;
        if (local.AddressFamily == AddressFamily.InterNetworkV6) _ = Sockets.SetIPv6Only(descriptor, false);
        var result = options.Mark == 0 ? 0 : Sockets.SetMark(descriptor, options.Mark);
        if (result >= 0) result = Sockets.Bind(descriptor, local);
        if (result >= 0) return descriptor;
        _ = Descriptors.Close(descriptor);
        return result;
    }

    /// <summary>The sender; the same object as last time when it is the same sender, which it mostly is.</summary>
    private IPEndPoint? SourceOf(int length)
    {
        var address = _address.AsSpan(0, length);
        if (_lastSource is not null && address.SequenceEqual(_lastAddress.AsSpan(0, _lastLength))) return _lastSource;
        address.CopyTo(_lastAddress);
        _lastLength = length;
        return _lastSource = SocketAddresses.Decode(address) as IPEndPoint;
    }

    private bool MayReadNow()
    {
        if (_readTurn != _loop.Turn) (_readTurn, _readsInTurn) = (_loop.Turn, 0);
        return ++_readsInTurn <= TurnShare;
    }

    private sealed class ReceiveOperation(DatagramConnection connection) : Operation(connection._loop)
    {
        internal void Start()
        {
            Begin();
            if (connection._fault != ConnectionFault.None) FailLater(connection._fault);
            else if (connection._readable) Loop.Defer(this);
        }

        protected override void Retry() => Complete(0);
    }

    private const int TurnShare = 64;
}
