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
            using var buffer = app.Loop.Buffers.Rent(BufferSize.Small);
            var count = await app.ReadAsync(buffer.Memory);
            if (count == 0)
                return;
            switch (MixedInbound.Sniff(buffer.Span[0]))
            {
                case InboundKind.Socks5:
                    await ServeSocksAsync(new SocksInbound(app, proxy.Plan.Credentials), buffer, count);
                    break;
                case InboundKind.Socks4:
                    await app.WriteAsync(buffer.Memory[..MixedInbound.WriteSocks4Refusal(buffer.Span)]);
                    app.ShutdownWrite();
                    break;
            }
        }
        catch (ConnectionException)
        {
            // The program went away.
        }
    }

    private async ValueTask ServeSocksAsync(SocksInbound socks, Rented buffer, int count)
    {
        if (!await socks.ReceiveAsync(buffer.Memory, count))
            return;
        if (socks.Command != Socks5Command.Connect)
        {
            await socks.RefuseAsync(FlowFailure.General);
            return;
        }

        VlessLeg stream;
        try
        {
            stream = await proxy.Channel.OpenAsync(app.Loop, socks.Destination, VlessCommand.Tcp);
        }
        catch (TunnelException exception)
        {
            proxy.Failed(exception);
            await socks.RefuseAsync(FailureOf(exception));
            return;
        }

        using (stream)
        {
            await socks.AcceptAsync(default);
            if (!socks.Early.IsEmpty)
                await stream.SendAsync(socks.Early);
            buffer.Dispose();
            await CarryAsync(stream);
        }
    }

    private async ValueTask CarryAsync(VlessLeg stream)
    {
        using var patience = new LoopTimer(app.Loop, () => app.Loop.Start(SendHeadAsync, stream));
        patience.Set(s_patience);
        var began = app.Loop.Now;
        var flow = new Flow(app, stream, proxy.Plan.Limits)
        {
            Answered = () => proxy.Passed(app.Loop.Now - began),
        };
        await flow.RunAsync();
    }

    private static async ValueTask SendHeadAsync(VlessLeg stream)
    {
        try
        {
            await stream.SendHeadAsync();
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
