using Karez.Ip.Headers;

namespace Karez.Tun.Flows;

/// <summary>Everything through the channel, private addresses direct: what there is without rules.</summary>
public sealed class ChannelRouter : IFlowRouter
{
    private ChannelRouter()
    {
    }

    /// <summary>The one.</summary>
    public static ChannelRouter Instance { get; } = new();

    /// <summary>Whether an address is of a private network (RFC 1918, 3927, 4193, 4291).</summary>
    public static bool IsPrivate(HostAddress address)
    {
        foreach (var (prefix, bits) in s_private)
        {
            if (address.IsIn(prefix, bits))
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public FlowRoute RouteName(string name) => FlowRoute.Channel;

    /// <inheritdoc/>
    public FlowRoute RouteFlow(in FlowRequest flow) =>
        !flow.IsFake && IsPrivate(flow.Destination.Address) ? FlowRoute.Direct : FlowRoute.Channel;

    private static readonly (HostAddress Prefix, int Bits)[] s_private =
    [
        (HostAddress.FromIPv4(0x0A00_0000), 8),
        (HostAddress.FromIPv4(0xAC10_0000), 12),
        (HostAddress.FromIPv4(0xC0A8_0000), 16),
        (HostAddress.FromIPv4(0xA9FE_0000), 16),
        (HostAddress.FromIPv6(new UInt128(0xFC00_0000_0000_0000, 0)), 7),
        (HostAddress.FromIPv6(new UInt128(0xFE80_0000_0000_0000, 0)), 10),
    ];
}
