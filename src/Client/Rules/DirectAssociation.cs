using System.Net;
using Karez.Net.Loops;
using Karez.Net.Outbounds;
using Karez.Net.Relay;
using Karez.Proxy;

namespace Karez.Client.Rules;

/// <summary>The datagrams of one association past the channel, from one socket.</summary>
internal sealed class DirectAssociation : IDatagramSink, IAsyncDisposable
{
    private readonly DatagramConnection _socket;
    private readonly DirectDatagrams _exit;
    private readonly DatagramReceiver _receiver;
    private readonly Task _pumping;

    private DirectAssociation(DatagramConnection socket, DirectDatagrams exit, DatagramReceiver receiver)
    {
        (_socket, _exit, _receiver) = (socket, exit, receiver);
        _pumping = DatagramPump.RunAsync(socket, this).AsTask();
    }

    /// <summary>Opens the socket; null when there is none to be had. On the loop's thread.</summary>
    public static DirectAssociation? TryOpen(LocalProxy proxy, EventLoop loop, DatagramReceiver receiver)
    {
        try
        {
            var any = new IPEndPoint(IPAddress.IPv6Any, 0);
            var socket = DatagramConnection.Open(loop, any, new ConnectOptions(proxy.Plan.Mark));
            return new DirectAssociation(socket, new DirectDatagrams(loop, proxy.Direct), receiver);
        }
        catch (Exception exception) when (exception is ListenException or ConnectionException)
        {
            return null;
        }
    }

    /// <summary>Sends a datagram, or drops it.</summary>
    public void Send(in Destination destination, ReadOnlySpan<byte> payload) =>
        _exit.Send(_socket, destination, payload);

    void IDatagramSink.Take(IPEndPoint source, ReadOnlySpan<byte> payload)
    {
        if (_exit.MayComeFrom(source) && Destination.TryFromAddress(source.Address, source.Port, out var from))
            _receiver(from, payload);
    }

    void IDatagramSink.Flush()
    {
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Abort(ConnectionFault.Closed);
        await _pumping;
        _socket.Dispose();
    }
}
