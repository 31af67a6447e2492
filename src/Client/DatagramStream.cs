using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;
using Karez.Wire;

namespace Karez.Client;

/// <summary>
/// The way of one association's datagrams to the node: an XUDP stream that is dialled when it is needed, and again
/// when it broke, under the same GlobalID. docs/protocols/datagrams.md has the limits.
/// </summary>
internal sealed class DatagramStream(LocalProxy proxy, EventLoop loop, ulong globalId, DatagramReceiver receiver)
    : IAsyncDisposable
{
    private readonly Queue<(Destination To, byte[] Payload)> _early = new();
    private Task _running = Task.CompletedTask;
    private Tunneled? _tunneled;
    private Instant _notBefore;
    private bool _isDialling;
    private bool _isOver;
    private bool _moved;

    /// <summary>Datagrams dropped: no stream yet and too many waiting, or the stream slow.</summary>
    public long Dropped { get; private set; }

    /// <summary>Sends a datagram, or drops it; never waits.</summary>
    public void Send(in Destination destination, ReadOnlySpan<byte> payload)
    {
        if (_tunneled is { } tunneled)
        {
            Write(tunneled, destination, payload);
            return;
        }

        if (_isOver || _early.Count >= MaxEarly || (!_isDialling && loop.Now < _notBefore))
        {
            Dropped++;
            return;
        }

        _early.Enqueue((destination, payload.ToArray()));
        if (_isDialling)
            return;
        _isDialling = true;
        _running = RunAsync(_running);
    }

    /// <summary>Lets what was collected leave.</summary>
    public void Flush() => _tunneled?.Frames.Flush();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        _tunneled?.Leg.Tunnel.Connection.Abort(ConnectionFault.Closed);
        await _running;
    }

    private async Task RunAsync(Task before)
    {
        await before; // the last stream may still be closing
        var began = loop.Now;
        VlessLeg leg;
        try
        {
            leg = await proxy.Nodes.OpenAsync(loop, default, VlessCommand.Mux);
        }
        catch (TunnelException exception)
        {
            GiveUp();
            proxy.Failed(exception);
            return;
        }
        catch (ConnectionException)
        {
            GiveUp(); // the client is ending
            return;
        }

        using (leg)
        {
            var tunneled = new Tunneled(leg, new FrameOutbox(leg), new XudpClient(globalId));
            _isDialling = false;
            if (!_isOver)
                await CarryAsync(tunneled, began);
        }
    }

    private void GiveUp()
    {
        _notBefore = loop.Now + s_pause;
        Dropped += _early.Count;
        _early.Clear();
        _isDialling = false;
    }

    private async Task CarryAsync(Tunneled tunneled, Instant began)
    {
        LoopTimer? idle = null;
        idle = new LoopTimer(loop, () => Look(tunneled, idle!)); // set before the timer can run
        using (idle)
        {
            idle.Set(proxy.Plan.Datagrams.Idle);
            _tunneled = tunneled;
            while (_early.TryDequeue(out var datagram))
                Write(tunneled, datagram.To, datagram.Payload);
            tunneled.Frames.Flush();
            try
            {
                await ReceiveAsync(tunneled, began);
            }
            catch (Exception exception) when (exception is ConnectionException or TunnelException)
            {
                // The next datagram dials anew.
            }

            _tunneled = null;
            tunneled.Leg.Tunnel.Connection.Abort(ConnectionFault.Closed);
            await tunneled.Frames.DisposeAsync();
        }
    }

    private async ValueTask ReceiveAsync(Tunneled tunneled, Instant began)
    {
        var hasPassed = false;
        while (true)
        {
            var content = await tunneled.Leg.ReceiveAsync();
            if (content.IsEmpty)
                return;
            while (true)
            {
                var status = Handle(tunneled.Machine, content.Span, out var consumed);
                if (status == ParseStatus.Failed)
                    return;
                if (status == ParseStatus.NeedInput)
                    break;
                content = content[consumed..];
                if (!hasPassed)
                    proxy.Passed(loop.Now - began);
                hasPassed = true;
            }
        }
    }

    private ParseStatus Handle(XudpClient machine, ReadOnlySpan<byte> input, out int consumed)
    {
        var status = machine.Feed(input, out consumed, out var source, out var payload);
        if (status != ParseStatus.Done)
            return status;
        _moved = true;
        receiver(source, payload);
        return status;
    }

    private void Write(Tunneled tunneled, in Destination destination, ReadOnlySpan<byte> payload)
    {
        if (!tunneled.Frames.TryReserve(MuxWire.MaxHeader + payload.Length, out var room))
        {
            Dropped++;
            return;
        }

        var header = tunneled.Machine.WriteHeader(destination, payload.Length, room);
        if (header == 0)
            return;
        payload.CopyTo(room[header..]);
        tunneled.Frames.Commit(header + payload.Length);
        _moved = true;
    }

    private void Look(Tunneled tunneled, LoopTimer idle)
    {
        if (!_moved)
            loop.Start(LeaveAsync, tunneled);
        _moved = false;
        idle.Set(proxy.Plan.Datagrams.Idle);
    }

    private async ValueTask LeaveAsync(Tunneled tunneled)
    {
        _tunneled = null; // what comes now needs another stream
        using var limit = new LoopTimer(
            loop, () => tunneled.Leg.Tunnel.Connection.Abort(ConnectionFault.TimedOut));
        limit.Set(s_pause);
        try
        {
            await tunneled.Frames.FinishAsync();
        }
        catch (ConnectionException)
        {
            // It is over already.
        }

        tunneled.Leg.Tunnel.Connection.Abort(ConnectionFault.Closed);
    }

    private sealed record Tunneled(VlessLeg Leg, FrameOutbox Frames, XudpClient Machine);

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private const int MaxEarly = 32;
}
