using System.Net;
using Karez.Guard.Switch;

namespace Karez.Guard;

/// <summary>What is done to this machine around the device.</summary>
public sealed record GuardPlan
{
    /// <summary>The journal's file.</summary>
    public required string Journal { get; init; }

    /// <summary>The kill switch.</summary>
    public required SwitchPlan Switch { get; init; }

    /// <summary>Whether there is a kill switch.</summary>
    public bool HasSwitch { get; init; } = true;

    /// <summary>The device's longest packet.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The device's addresses, each with the bits of its network.</summary>
    public required IReadOnlyList<(IPAddress Address, byte PrefixLength)> Addresses { get; init; }

    /// <summary>Whether IPv6 goes into the device; else it is unreachable.</summary>
    public bool CarriesIPv6 { get; init; }

    /// <summary>Who answers names.</summary>
    public required IPAddress NameServer { get; init; }

    /// <summary>The file that says who is asked for names.</summary>
    public string ResolverPath { get; init; } = "/etc/resolv.conf";

    /// <summary>A gateway's address on <see cref="SwitchPlan.Lan"/>; null where there is no gateway.</summary>
    public (IPAddress Address, byte PrefixLength)? LanAddress { get; init; }

    /// <summary>The routing table of the device.</summary>
    public uint Table { get; init; } = 19_282;

    /// <summary>The first of the four priorities of our rules.</summary>
    public uint Priority { get; init; } = 9_000;
}
