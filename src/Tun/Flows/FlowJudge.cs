using Karez.Ip.Dns;
using Karez.Ip.Headers;
using Karez.Tun.Names;
using Karez.Wire;

namespace Karez.Tun.Flows;

/// <summary>What is known of a flow, and where it goes. For any thread.</summary>
internal sealed class FlowJudge(TunOptions options, IFlowRouter router, NameTable names)
{
    /// <summary>Puts together what is known.</summary>
    public FlowRequest Describe(FlowTransport transport, HostPort source, HostPort destination, Instant now)
    {
        var isFake = names.IsFake(destination.Address, now, out var name);
        return new FlowRequest(transport, source, destination, name, isFake);
    }

    /// <summary>Decides.</summary>
    public FlowRoute Route(in FlowRequest flow)
    {
        if (flow.Destination.Port == 0 || (flow.IsFake && flow.Name is null) || IsOwn(flow.Destination.Address)
            || (options.RefusesDoh && IsDoh(flow)))
            return FlowRoute.Refuse;
        var route = router.RouteFlow(flow);
        return route == FlowRoute.Direct && flow.IsFake ? FlowRoute.Channel : route;
    }

    /// <summary>Whether an address is one of the link's, where nothing but names is to be had.</summary>
    private bool IsOwn(HostAddress address) =>
        address == options.IPv4.Other || address == options.IPv4.Own
        || (options.IPv6 is { } six && (address == six.Other || address == six.Own));

    private static bool IsDoh(in FlowRequest flow)
    {
        if (flow.Destination.Port == DnsOverTls)
            return true;
        if (flow.Destination.Port != 443)
            return false;
        return flow.Name is { } name
            ? SpecialNames.IsKnownResolver(name)
            : SpecialNames.IsKnownResolver(flow.Destination.Address);
    }

    private const ushort DnsOverTls = 853; // RFC 7858; RFC 9250 for UDP
}
