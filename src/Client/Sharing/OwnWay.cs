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
    public VlessAsk Asks => leg.Asks;

    public FlowFailure? Refusal => leg.Refusal;

    public ValueTask SendHeadAsync() => leg.SendHeadAsync();

    public ValueTask<FlowFailure?> HearOutcomeAsync() => leg.HearOutcomeAsync();

    public ValueTask SendAsync(ReadOnlyMemory<byte> payload) => leg.SendAsync(payload);

    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync() => leg.ReceiveAsync();

    public void Abort(ConnectionFault fault) => leg.Abort(fault);

    public ValueTask<FlowResult> CarryAsync(LocalProxy proxy, Connection program, Instant began) =>
        ChannelFlow.RunAsync(proxy, program, leg, began);

    public void Dispose() => leg.Dispose();
}
