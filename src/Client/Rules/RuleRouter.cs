using Karez.Ip.Headers;
using Karez.Route;
using Karez.Tun.Flows;

namespace Karez.Client.Rules;

/// <summary>The rules as the device asks them.</summary>
internal sealed class RuleRouter(RouteTable table) : IFlowRouter
{
    /// <inheritdoc/>
    public FlowRoute RouteName(string name) => RouteOf(table.DecideName(name).Action);

    /// <inheritdoc/>
    public FlowRoute RouteFlow(in FlowRequest flow) => RouteOf(table.Decide(new RouteQuery
    {
        Name = flow.Name,
        // A fake address says nothing but the name.
        Address = flow.IsFake ? null : AddressOf(flow.Destination.Address),
        Port = flow.Destination.Port,
        Network = flow.Transport == FlowTransport.Tcp ? RouteNetwork.Tcp : RouteNetwork.Udp,
    }).Action);

    internal static RouteAddress AddressOf(HostAddress address) => new(address.Number, address.IsIPv6);

    private static FlowRoute RouteOf(RouteAction action) => action switch
    {
        RouteAction.Direct => FlowRoute.Direct,
        RouteAction.Refuse => FlowRoute.Refuse,
        _ => FlowRoute.Channel,
    };
}
