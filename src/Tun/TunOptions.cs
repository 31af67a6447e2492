using System.Net;
using Karez.Ip.Nat;

namespace Karez.Tun;

/// <summary>How a machine's packets are carried; docs/protocols/tun.md and dns.md have the reasons.</summary>
public sealed record TunOptions
{
    /// <summary>The defaults.</summary>
    public static TunOptions Default { get; } = new();

    /// <summary>IPv4 addresses.</summary>
    public TunPair IPv4 { get; init; } = TunPair.DefaultIPv4;

    /// <summary>IPv6 addresses; null where the machine has no IPv6, whose packets then get no answer.</summary>
    public TunPair? IPv6 { get; init; } = TunPair.DefaultIPv6;

    /// <summary>The interface's MTU, for the caller to set.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>SO_MARK of everything that leaves directly; 0 sets none.</summary>
    public uint Mark { get; init; }

    /// <summary>Who is asked for names that go direct, in this order; none: those names fail.</summary>
    public IReadOnlyList<IPEndPoint> DirectResolvers { get; init; } = [];

    /// <summary>Who is asked, through the channel, for what is no address of names that go through it.</summary>
    public IReadOnlyList<IPEndPoint> FarResolvers { get; init; } =
        [new(IPAddress.Parse("1.1.1.1"), 53), new(IPAddress.Parse("9.9.9.9"), 53)];

    /// <summary>Whether UDP/443 goes through the channel; otherwise it is answered with "port unreachable".</summary>
    public bool CarriesQuic { get; init; }

    /// <summary>Whether DNS over TLS and HTTPS is refused.</summary>
    public bool RefusesDoh { get; init; }

    /// <summary>Whether names get IPv6 addresses.</summary>
    public bool CarriesIPv6 { get; init; } = true;

    /// <summary>Names that have fake addresses at once.</summary>
    public int MaxNames { get; init; } = 65_000;

    /// <summary>Limits of TCP.</summary>
    public TcpNatOptions Tcp { get; init; } = TcpNatOptions.Default;

    /// <summary>UDP sources at once.</summary>
    public int MaxUdpFlows { get; init; } = 1024;

    /// <summary>How long a UDP source may be still.</summary>
    public TimeSpan UdpIdle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For direct connections.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
