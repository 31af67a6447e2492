using Karez.Ip.Headers;
using Karez.Tun.Flows;

namespace Karez.Tun.Tests;

/// <summary>Names and addresses with a route of their own; the rest as without rules.</summary>
internal sealed class TableRouter : IFlowRouter
{
    public Dictionary<string, FlowRoute> Names { get; } = [];

    public Dictionary<HostAddress, FlowRoute> Addresses { get; } = [];

    public FlowRoute RouteName(string name) => Names.GetValueOrDefault(name, FlowRoute.Channel);

    public FlowRoute RouteFlow(in FlowRequest flow)
    {
        if (flow.Name is { } name && Names.TryGetValue(name, out var route))
            return route;
        return Addresses.TryGetValue(flow.Destination.Address, out route)
            ? route
            : ChannelRouter.Instance.RouteFlow(flow);
    }
}
