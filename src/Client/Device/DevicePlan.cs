using System.Net;
using Karez.Client.Gateway;

namespace Karez.Client.Device;

/// <summary>How the whole machine is carried.</summary>
public sealed record DevicePlan
{
    /// <summary>The state folder, in which the journal, the socket and the node's last addresses are.</summary>
    public required string Folder { get; init; }

    /// <summary>The interface's name.</summary>
    public string Name { get; init; } = "karez0";

    /// <summary>Whether what is not Karez's own is held back.</summary>
    public bool HasSwitch { get; init; } = true;

    /// <summary>Whether programs may talk to the local network.</summary>
    public bool Local { get; init; }

    /// <summary>Whether IPv6 is carried; else it is refused.</summary>
    public bool CarriesIPv6 { get; init; }

    /// <summary>Whether UDP to port 443 is carried.</summary>
    public bool CarriesQuic { get; init; }

    /// <summary>Whether DNS over TLS and HTTPS are refused.</summary>
    public bool RefusesDoh { get; init; }

    /// <summary>Who is asked for names that go direct; empty for those that the machine asked before.</summary>
    public IReadOnlyList<IPEndPoint> DirectResolvers { get; init; } = [];

    /// <summary>The phones that are served; null for none.</summary>
    public GatewayPlan? Gateway { get; init; }

    /// <summary>The file that says who is asked for names.</summary>
    public string ResolverPath { get; init; } = "/etc/resolv.conf";

    internal string Journal => Path.Combine(Folder, "device.journal");

    internal string Socket => Path.Combine(Folder, "device.sock");

    internal string Addresses => Path.Combine(Folder, AddressFile);

    internal const string AddressFile = "node-addresses.json";
}
