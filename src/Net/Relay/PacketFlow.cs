using System.Net;
using Karez.Net.Loops;
using Karez.Net.Outbounds;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;

namespace Karez.Net.Relay;

/// <summary>Carries one stream of command 2 at the node: datagrams to one destination and back.</summary>
public sealed class PacketFlow(VlessLeg leg, Destination destination, SessionTerms terms) : IDatagramSink
{
    private readonly VlessPackets _packets = new();
    private IPEndPoint _peer = new(IPAddress.None, 0);
    private bool _moved = true;

    private FrameOutbox Frames { get; } = new(leg);

    private Connection Connection => leg.Tunnel.Connection;

    /// <summary>Carries until the end; never throws for what the network does.</summary>
    public async ValueTask RunAsync()
    {
        var (outcome, endPoints) = await terms.Exit.ResolveAsync(destination);
        if (outcome != DialOutcome.Connected)
            return;
        _peer = DirectDatagrams.Prefer(endPoints);
        LoopTimer? timer = null;
        timer = new LoopTimer(Connection.Loop, () => Look(timer!)); // set before the timer can run
        using (timer)
        {
            timer.Set(terms.Datagrams.Idle);
            try
            {
                await CarryAsync();
            }
            catch (Exception exception) when (exception is ConnectionException or TunnelException or ListenException)
            {
                // The client went away or broke something, or there is no socket to be had.
            }

            Connection.Abort(ConnectionFault.Closed);
            await Frames.DisposeAsync();
        }
    }

    void IDatagramSink.Take(IPEndPoint source, ReadOnlySpan<byte> payload)
    {
        if (!source.Equals(_peer)
            || payload.Length is 0 or > VlessPackets.MaxPayload
            || terms.DownRate?.TryBook(payload.Length, Connection.Loop.Now) == false
            || !Frames.TryReserve(VlessPackets.HeaderLength + payload.Length, out var room))
            return;
        var header = VlessPackets.WriteHeader(payload.Length, room);
        payload.CopyTo(room[header..]);
        Frames.Commit(header + payload.Length);
        terms.Count(0, payload.Length);
        _moved = true;
    }

    void IDatagramSink.Flush() => Frames.Flush();

    private async ValueTask CarryAsync()
    {
        var local = new IPEndPoint(IPAddress.IPv6Any, 0);
        using var socket = DatagramConnection.Open(Connection.Loop, local, ConnectOptions.Default);
        var down = DatagramPump.RunAsync(socket, this).AsTask();
        try
        {
            while (true)
            {
                var content = await leg.ReceiveAsync();
                if (content.IsEmpty)
                    break;
                while (Handle(socket, content.Span, out var consumed))
                    content = content[consumed..];
            }

            await Frames.FinishAsync();
        }
        finally
        {
            socket.Abort(ConnectionFault.Closed);
            await down;
        }
    }

    private bool Handle(DatagramConnection socket, ReadOnlySpan<byte> input, out int consumed)
    {
        if (_packets.Feed(input, out consumed, out var payload) != ParseStatus.Done)
            return false;
        if (terms.UpRate?.TryBook(payload.Length, Connection.Loop.Now) == false)
            return true;
        if (terms.Exit.Judge(_peer) == ExitVerdict.Allowed)
            socket.SendTo(payload, _peer);
        terms.Count(payload.Length, 0);
        _moved = true;
        return true;
    }

    private void Look(LoopTimer timer)
    {
        if (!_moved)
            Connection.Abort(ConnectionFault.TimedOut);
        _moved = false;
        timer.Set(terms.Datagrams.Idle);
    }
}
