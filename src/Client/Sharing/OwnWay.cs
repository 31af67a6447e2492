using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Wire;

namespace Karez.Client.Sharing;

/// <summary>A connection of its own.</summary>
/// <param name="leg">The connection; owned from now on.</param>
internal sealed class OwnWay(VlessLeg leg) : IFlowWay
{
    /// <summary>
    /// How long a program may take to send after its flow began before the header travels alone (as the reference does:
    /// XTLS/Xray-core proxy/vless/outbound/outbound.go at 2323273e).
    /// </summary>
    private static readonly TimeSpan s_headPatience = TimeSpan.FromMilliseconds(500);

    public VlessAsk Asks => leg.Asks;

    public FlowFailure? Refusal => leg.Refusal;

    public ValueTask SendHeadAsync() => leg.SendHeadAsync();

    public ValueTask<FlowFailure?> HearOutcomeAsync() => leg.HearOutcomeAsync();

    public ValueTask SendAsync(ReadOnlyMemory<byte> payload) => leg.SendAsync(payload);

    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync() => leg.ReceiveAsync();

    public void Abort(ConnectionFault fault) => leg.Abort(fault);

    public ValueTask<FlowResult> CarryAsync(LocalProxy proxy, Connection program, Instant began)
    {
        var flow = new Flow(program, leg, proxy.Plan.Limits)
        {
            HeadPatience = s_headPatience,
            Answered = () => proxy.Passed(program.Loop.Now - began),
        };
        return flow.RunAsync();
    }

    public void Dispose() => leg.Dispose();
}
