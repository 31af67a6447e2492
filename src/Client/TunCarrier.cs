using Karez.Client.Sharing;
using Karez.Ip.Headers;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Tun.Flows;

namespace Karez.Client;

/// <summary>Carries what comes out of a device exactly as what comes in by SOCKS.</summary>
internal sealed class TunCarrier(LocalProxy proxy) : IFlowCarrier
{
    /// <inheritdoc/>
    public async ValueTask<bool> CarryAsync(Connection program, FlowRequest flow)
    {
        if (!TryRead(flow.Target, out var destination))
            return false;
        var began = program.Loop.Now;
        IFlowWay way;
        try
        {
            way = await proxy.Nodes.OpenFlowAsync(program.Loop, destination);
        }
        catch (TunnelException exception)
        {
            proxy.Failed(exception);
            return false;
        }
        catch (ConnectionException)
        {
            return false; // the client is ending
        }

        using (way)
            return (await way.CarryAsync(proxy, program, began)).End == FlowEnd.Finished;
    }

    /// <inheritdoc/>
    public IDatagramWay OpenDatagrams(EventLoop here, HostPort source, DatagramAnswered answered) =>
        new Way(proxy, here, source, answered);

    private static bool TryRead(in FlowTarget target, out Destination destination)
    {
        if (target.Name is { } name)
            return Destination.TryFromHost(name, target.Port, out destination);
        Span<byte> octets = stackalloc byte[16];
        return Destination.TryFromAddress(octets[..target.Address.Write(octets)], target.Port, out destination);
    }

    private sealed class Way : IDatagramWay
    {
        private readonly DatagramStream _stream;
        private readonly DatagramAnswered _answered;

        public Way(LocalProxy proxy, EventLoop loop, HostPort source, DatagramAnswered answered)
        {
            _answered = answered;
            _stream = new DatagramStream(proxy, loop, proxy.Identity.Of($"udp:{source}"), Answer);
        }

        public void Send(in FlowTarget target, ReadOnlySpan<byte> payload)
        {
            if (TryRead(target, out var destination))
                _stream.Send(destination, payload);
        }

        public void Flush() => _stream.Flush();

        public ValueTask DisposeAsync() => _stream.DisposeAsync();

        private void Answer(in Destination source, ReadOnlySpan<byte> payload)
        {
            if (source.IsNone)
                return;
            if (source.IsName)
            {
                _answered(new FlowTarget(source.Name.ToLowerInvariant(), default, source.Port), payload);
                return;
            }

            Span<byte> octets = stackalloc byte[16];
            source.WriteHost(octets);
            var address = source.Kind == AddressKind.IPv6 ? HostAddress.ReadIPv6(octets) : HostAddress.ReadIPv4(octets);
            _answered(new FlowTarget(null, address, source.Port), payload);
        }
    }
}
