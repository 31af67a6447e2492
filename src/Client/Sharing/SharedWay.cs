using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Wire;

namespace Karez.Client.Sharing;

/// <summary>A part of a shared connection, on the program's loop.</summary>
/// <param name="flow">The part; its near socket is owned from now on.</param>
/// <param name="ask">What to hear of the dial.</param>
internal sealed class SharedWay(SubFlow flow, VlessAsk ask) : IFlowWay
{
    private Rented? _buffer;
    private bool _isClean;

    public VlessAsk Asks => ask;

    public FlowFailure? Refusal => flow.Refusal;

    /// <summary>The carrier has told the node already.</summary>
    public ValueTask SendHeadAsync() => default;

    public ValueTask<FlowFailure?> HearOutcomeAsync() => new(flow.Outcome);

    public ValueTask SendAsync(ReadOnlyMemory<byte> payload) => flow.Near.WriteAsync(payload);

    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        _buffer ??= flow.Near.Loop.Buffers.Rent(BufferSize.Records);
        var count = await flow.Near.ReadAsync(_buffer.Memory);
        if (count == 0 && flow.FarBroke && Refusal is null)
            throw new ConnectionException(ConnectionFault.Reset);
        return _buffer.Memory[..count];
    }

    public void Abort(ConnectionFault fault)
    {
        flow.NearBroke = true;
        flow.GiveUp(fault);
        flow.Near.Abort(fault);
    }

    public async ValueTask<FlowResult> CarryAsync(LocalProxy proxy, Connection program, Instant began)
    {
        var carried = new PlainFlow(program, flow.Near, proxy.Plan.Limits)
        {
            Answered = () => proxy.Passed(program.Loop.Now - began),
            HowItEnded = HowItEnded,
        };
        var result = await carried.RunAsync();
        _isClean = result.End == FlowEnd.Finished;
        return result;
    }

    public void Dispose()
    {
        if (!_isClean)
            flow.NearBroke = true;
        _buffer?.Dispose();
        flow.Near.Dispose();
    }

    private FlowEnd HowItEnded() => Refusal is not null ? FlowEnd.Refused
        : flow.FarBroke ? FlowEnd.TunnelBroke
        : FlowEnd.Finished;
}
