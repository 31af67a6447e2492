using Karez.Client.Rules;
using Karez.Client.Sharing;
using Karez.Net.Inbounds;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Socks5;
using Karez.Proxy.Vless;
using Karez.Route;

namespace Karez.Client;

/// <summary>One connection of a local program, from its first octet to its end.</summary>
internal sealed class LocalFlow(LocalProxy proxy, Connection app)
{
    /// <summary>How long the node's word may take: its own limit for a dial is 10 s (our choice).</summary>
    private static readonly TimeSpan s_outcomePatience = TimeSpan.FromSeconds(20);

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

        switch (proxy.Plan.Rules.ActionOf(request.Destination, RouteNetwork.Tcp))
        {
            case RouteAction.Direct:
                await DirectLocalFlow.RunAsync(proxy, app, request, buffer);
                return;
            case RouteAction.Refuse:
                await request.RefuseAsync(FlowFailure.Forbidden);
                return;
            default:
                break;
        }

        var began = app.Loop.Now;
        var forwarded = request is HttpInbound { Server.IsTunnel: false } exchange ? exchange : null;
        // A forwarded exchange is answered by the origin's answer anyway: it needs no word that all is well.
        var waits = forwarded is null
            && proxy.Answers.Wait(request.Destination, !request.Early.IsEmpty, began);
        IFlowWay way;
        try
        {
            way = await proxy.Nodes.OpenFlowAsync(
                app.Loop, request.Destination, waits ? VlessAsk.Outcome : VlessAsk.Failure);
        }
        catch (TunnelException exception)
        {
            proxy.Failed(exception);
            await request.RefuseAsync(FailureOf(exception));
            return;
        }

        using (way)
        {
            if (forwarded is not null)
            {
                var answered = () => proxy.Passed(app.Loop.Now - began);
                await new HttpExchange(app, forwarded, way, proxy.Plan.Limits) { Answered = answered }.RunAsync();
            }
            else if (await BeginAsync(request, way, buffer))
            {
                // From here, and not deeper: each method that waits for a flow's end holds memory until then.
                await way.CarryAsync(proxy, app, began);
            }

            if (way.Refusal is { } failure)
            {
                proxy.Answers.Failed(request.Destination);
                proxy.Unreached(failure);
            }
        }
    }

    /// <summary>What comes before a flow's octets; false when it ends here.</summary>
    private async ValueTask<bool> BeginAsync(LocalRequest request, IFlowWay way, Rented buffer)
    {
        if (way.Asks != VlessAsk.Outcome)
            await request.AcceptAsync(default);
        if (!request.Early.IsEmpty)
            await way.SendAsync(request.Early);
        buffer.Dispose(); // the flow rents its own, and none while idle
        return way.Asks != VlessAsk.Outcome || await IsReachedAsync(request, way);
    }

    /// <summary>Waits for the node's word, and gives it to the program.</summary>
    private async ValueTask<bool> IsReachedAsync(LocalRequest request, IFlowWay way)
    {
        FlowFailure? failure;
        using (var limit = new LoopTimer(
            app.Loop, () => way.Abort(ConnectionFault.TimedOut)))
        {
            limit.Set(s_outcomePatience);
            try
            {
                await way.SendHeadAsync(); // unless early octets took it along
                failure = await way.HearOutcomeAsync();
            }
            catch (ConnectionException exception)
            {
                failure = exception.Fault == ConnectionFault.TimedOut ? FlowFailure.TimedOut : FlowFailure.General;
            }
            catch (TunnelException)
            {
                failure = FlowFailure.General;
            }
        }

        if (failure is { } why)
        {
            await request.RefuseAsync(why);
            return false;
        }

        proxy.Answers.Passed(request.Destination, app.Loop.Now);
        await request.AcceptAsync(default);
        return true;
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
