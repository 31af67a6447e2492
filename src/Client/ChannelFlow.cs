using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Wire;

namespace Karez.Client;

/// <summary>A TCP flow between a program and the node, once the way stands.</summary>
internal static class ChannelFlow
{
    /// <summary>
    /// How long a program may take to send after its flow began before the header travels alone (as the reference does:
    /// XTLS/Xray-core proxy/vless/outbound/outbound.go at 2323273e).
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Carries until the end; never throws for what the network does.</summary>
    /// <param name="proxy">The client.</param>
    /// <param name="program">The program's connection.</param>
    /// <param name="leg">The way; the caller disposes both.</param>
    /// <param name="began">When the program asked.</param>
    public static async ValueTask<FlowResult> RunAsync(
        LocalProxy proxy, Connection program, VlessLeg leg, Instant began)
    {
        using var patience = new LoopTimer(program.Loop, () => program.Loop.Start(SendHeadAsync, leg));
        patience.Set(s_patience);
        var flow = new Flow(program, leg, proxy.Plan.Limits)
        {
            Answered = () => proxy.Passed(program.Loop.Now - began),
        };
        return await flow.RunAsync();
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
}
