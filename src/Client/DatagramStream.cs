using Karez.Client.Sharing;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Wire;

namespace Karez.Client;

/// <summary>
/// The way of one local socket's datagrams to the node: an XUDP session that is opened when it is needed, and again
/// when it ended, under the same GlobalID. docs/protocols/datagrams.md has the limits.
/// </summary>
internal sealed class DatagramStream : IAsyncDisposable
{
    private readonly LocalProxy _proxy;
    private readonly EventLoop _loop;
    private readonly ulong _globalId;
    private readonly DatagramReceiver _receiver;
    private readonly DatagramReceiver _receive;
    private readonly LoopTimer _idle;
    private readonly Queue<(Destination To, byte[] Payload)> _early = new();
    private Task _opening = Task.CompletedTask;
    private XudpSession? _session;
    private Instant _asked;
    private Instant _notBefore;
    private bool _isOver;
    private bool _moved;
    private bool _hasPassed;

    /// <param name="proxy">The client.</param>
    /// <param name="loop">The calling loop.</param>
    /// <param name="globalId">What names the socket to the node.</param>
    /// <param name="receiver">Called with what comes.</param>
    public DatagramStream(LocalProxy proxy, EventLoop loop, ulong globalId, DatagramReceiver receiver)
    {
        (_proxy, _loop, _globalId, _receiver) = (proxy, loop, globalId, receiver);
        _receive = Receive;
        _idle = new LoopTimer(loop, Look);
    }

    /// <summary>Sends a datagram, or drops it; never waits.</summary>
    public void Send(in Destination destination, ReadOnlySpan<byte> payload)
    {
        if (_session is { IsOver: false } session)
        {
            _moved |= session.TrySend(destination, payload);
            return;
        }

        _session = null;
        if (_isOver || _early.Count >= MaxEarly || (_opening.IsCompleted && _loop.Now < _notBefore))
            return;
        _early.Enqueue((destination, payload.ToArray()));
        if (_opening.IsCompleted)
            _opening = OpenAsync();
    }

    /// <summary>Lets what was collected leave.</summary>
    public void Flush() => _session?.Flush();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        EndSession();
        await _opening;
        _idle.Dispose();
    }

    private async Task OpenAsync()
    {
        _asked = _loop.Now;
        XudpSession? session = null;
        try
        {
            session = await _proxy.Nodes.OpenDatagramsAsync(_loop, _globalId, _receive);
        }
        catch (TunnelException exception)
        {
            _proxy.Failed(exception);
        }
        catch (ConnectionException)
        {
            // The client is ending.
        }

        if (session is null)
        {
            _notBefore = _loop.Now + s_pause;
            _early.Clear();
            return;
        }

        _session = session;
        if (_isOver)
        {
            EndSession();
            return;
        }

        session.Ended = () => Forget(session);
        _moved = false;
        _idle.Set(_proxy.Plan.Datagrams.Idle);
        while (_early.TryDequeue(out var datagram))
            session.TrySend(datagram.To, datagram.Payload);
        session.Flush();
    }

    private void Receive(in Destination source, ReadOnlySpan<byte> payload)
    {
        if (_session is null)
            return; // late: nobody is there any more
        _moved = true;
        if (!_hasPassed)
            _proxy.Passed(_loop.Now - _asked);
        _hasPassed = true;
        _receiver(source, payload);
    }

    private void Look()
    {
        if (!_moved)
        {
            EndSession(); // what comes now needs another one
            return;
        }

        _moved = false;
        _idle.Set(_proxy.Plan.Datagrams.Idle);
    }

    private void EndSession()
    {
        var session = _session;
        _session = null;
        session?.End();
    }

    private void Forget(XudpSession session)
    {
        if (_session == session)
            _session = null;
    }

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private const int MaxEarly = 32;
}
