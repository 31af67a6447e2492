using Karez.Net.Inbounds;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Socks5;
using Karez.Proxy.Vless;

namespace Karez.Client;

/// <summary>One connection of a local program, from its first octet to its end.</summary>
internal sealed class LocalFlow(LocalProxy proxy, Connection app)
{
    /// <summary>
    /// How long a program may take to send after its flow began before the header travels alone (as the reference does:
    /// XTLS/Xray-core proxy/vless/outbound/outbound.go at 2323273e).
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Serves until the end; never throws for what the network does.</summary>
    public async ValueTask RunAsync()
    {
        try
        {
            using var buffer = app.Loop.Buffers.Rent(BufferSize.Records);
            var count = await app.ReadAsync(buffer.Memory);
            if (count == 0)
                return;
            switch (MixedInbound.Sniff(buffer.Span[0]))
            {
                case InboundKind.Socks4:
                    await app.WriteAsync(buffer.Memory[..MixedInbound.WriteSocks4Refusal(buffer.Span)]);
                    app.ShutdownWrite();
                    break;
                case InboundKind.Socks5:
                    await ServeAsync(new SocksInbound(app, proxy.Plan.Credentials), buffer, count);
                    break;
                default:
                    await ServeAsync(new HttpInbound(app, proxy.Plan.Credentials), buffer, count);
                    break;
            }
        }
        catch (ConnectionException)
        {
            // The program went away.
        }
    }

    private async ValueTask ServeAsync(LocalRequest request, Rented buffer, int count)
    {
        if (!await request.ReceiveAsync(buffer.Memory, count))
            return;
        if (request is SocksInbound { Command: Socks5Command.UdpAssociate })
        {
            buffer.Dispose(); // nothing that comes on this connection means anything any more
            await new Association(proxy, app, request).RunAsync();
            return;
        }

        var began = app.Loop.Now;
        VlessLeg leg;
        try
        {
            leg = await proxy.Channel.OpenAsync(app.Loop, request.Destination, VlessCommand.Tcp);
        }
        catch (TunnelException exception)
        {
            proxy.Failed(exception);
            await request.RefuseAsync(FailureOf(exception));
            return;
        }

        using (leg)
        {
            var answered = () => proxy.Passed(app.Loop.Now - began);
            if (request is HttpInbound { Server.IsTunnel: false } http)
            {
                await new HttpExchange(app, http, leg, proxy.Plan.Limits) { Answered = answered }.RunAsync();
                return;
            }

            await request.AcceptAsync(default);
            if (!request.Early.IsEmpty)
                await leg.SendAsync(request.Early);
            buffer.Dispose(); // the flow rents its own, and none while idle
            using var patience = new LoopTimer(app.Loop, () => app.Loop.Start(SendHeadAsync, leg));
            patience.Set(s_patience);
            await new Flow(app, leg, proxy.Plan.Limits) { Answered = answered }.RunAsync();
        }
    }

    private static async ValueTask SendHeadAsync(VlessLeg leg)
    {
        try
        {
            await leg.SendHeadAsync();
        }
        catch (ConnectionException)
        {
            // The flow finds out by itself.
        }
    }

    private static FlowFailure FailureOf(TunnelException exception) => exception.Fault switch
    {
        TunnelFault.NodeUnreachable when exception.InnerException is ConnectionException { Fault: var fault } =>
            fault switch
            {
                ConnectionFault.Refused => FlowFailure.Refused,
                ConnectionFault.TimedOut => FlowFailure.TimedOut,
                ConnectionFault.Unreachable => FlowFailure.NetworkUnreachable,
                _ => FlowFailure.General,
            },
        TunnelFault.NodeUnreachable => FlowFailure.HostUnreachable,
        _ => FlowFailure.General,
    };
}
