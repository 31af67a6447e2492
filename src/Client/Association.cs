using System.Net;
using Karez.Client.Rules;
using Karez.Net.Inbounds;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Socks5;
using Karez.Route;

namespace Karez.Client;

/// <summary>
/// One UDP ASSOCIATE of a local program: a socket beside its TCP connection, alive as long as that one.
/// </summary>
internal sealed class Association(LocalProxy proxy, Connection control, LocalRequest request) : IDatagramSink
{
    private readonly byte[] _answer = new byte[Socks5Datagram.MaxHeader + MuxWire.MaxDatagram];
    private DatagramConnection? _socket;
    private IPEndPoint? _program;
    private DatagramStream? _stream;
    private DirectAssociation? _direct;

    /// <summary>Serves until the program closes its TCP connection.</summary>
    public async ValueTask RunAsync()
    {
        if (control is not { LocalEndPoint: IPEndPoint here, RemoteEndPoint: IPEndPoint }
            || !TryOpen(here.Address, out var socket, out var bound))
        {
            await request.RefuseAsync(FlowFailure.General);
            return;
        }

        using (socket)
        {
            _socket = socket;
            var pump = DatagramPump.RunAsync(socket, this).AsTask();
            try
            {
                await request.AcceptAsync(bound);
                await WaitForEndAsync();
            }
            finally
            {
                socket.Abort(ConnectionFault.Closed);
                await pump;
                if (_stream is not null)
                    await _stream.DisposeAsync();
                if (_direct is not null)
                    await _direct.DisposeAsync();
            }
        }
    }

    void IDatagramSink.Take(IPEndPoint source, ReadOnlySpan<byte> payload)
    {
        if (!IsPrograms(source)
            || !Socks5Datagram.TryRead(payload, out var destination, out var offset)
            || payload.Length - offset is 0 or > MuxWire.MaxDatagram)
            return;
        var action = proxy.Plan.Rules.ActionOf(destination, RouteNetwork.Udp);
        if (action == RouteAction.Refuse)
            return;
        _program ??= source;
        if (action == RouteAction.Direct)
        {
            _direct ??= DirectAssociation.TryOpen(proxy, control.Loop, Answer);
            _direct?.Send(destination, payload[offset..]);
            return;
        }

        if (destination.Port == 443 && !proxy.Nodes.Current.AllowsUdp443)
        {
            proxy.Refused();
            return;
        }

        _stream ??= new DatagramStream(proxy, control.Loop, proxy.Identity.Of($"udp:{source}"), Answer);
        _stream.Send(destination, payload[offset..]);
    }

    void IDatagramSink.Flush() => _stream?.Flush();

    private bool TryOpen(IPAddress address, out DatagramConnection socket, out Destination bound)
    {
        (socket, bound) = (null!, default);
        try
        {
            var local = new IPEndPoint(address, 0);
            socket = DatagramConnection.Open(control.Loop, local, ConnectOptions.Default);
        }
        catch (Exception exception) when (exception is ListenException or ConnectionException)
        {
            return false;
        }

        return Destination.TryFromAddress(address, socket.LocalEndPoint.Port, out bound);
    }

    /// <summary>What comes on the TCP connection is ignored, whatever it is; its end is what counts.</summary>
    private async ValueTask WaitForEndAsync()
    {
        while (true)
        {
            await control.WaitReadableAsync();
            using var buffer = control.Loop.Buffers.Rent(BufferSize.Small);
            while (control.TryRead(buffer.Span, out var count))
            {
                if (count == 0)
                    return;
            }
        }
    }

    /// <summary>
    /// Every program of a machine has the machine's address, so the first datagram that makes sense fixes the port.
    /// </summary>
    private bool IsPrograms(IPEndPoint source) => _program is not null
        ? _program.Equals(source)
        : control.RemoteEndPoint is IPEndPoint peer && peer.Address.Equals(source.Address);

    private void Answer(in Destination source, ReadOnlySpan<byte> payload)
    {
        if (_program is null || payload.Length > MuxWire.MaxDatagram)
            return;
        var header = Socks5Datagram.WriteHeader(source, _answer);
        payload.CopyTo(_answer.AsSpan(header));
        _socket?.SendTo(_answer.AsSpan(0, header + payload.Length), _program);
    }
}
