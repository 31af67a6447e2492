using Karez.Ip.Headers;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Tun.Flows;

namespace Karez.Tun.Tests.Names;

/// <summary>A channel that is none: TCP goes to one end point, whatever the target.</summary>
internal sealed class DirectCarrier(System.Net.IPEndPoint to) : IFlowCarrier
{
    public List<FlowTarget> Targets { get; } = [];

    public async ValueTask<bool> CarryAsync(Connection program, FlowRequest flow)
    {
        Targets.Add(flow.Target);
        using var target = await Connection.ConnectAsync(
            program.Loop, to, TimeSpan.FromSeconds(5), ConnectOptions.Default);
        var up = Forwarding.CarryAsync(program, target).AsTask();
        var down = Forwarding.CarryAsync(target, program).AsTask();
        return await up & await down;
    }

    public IDatagramWay OpenDatagrams(EventLoop here, HostPort source, DatagramAnswered answered) =>
        throw new NotSupportedException();
}
