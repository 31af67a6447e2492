using System.Net;
using Karez.Net.Loops;

namespace Karez.Net.Outbounds;

/// <summary>How the exit connects.</summary>
public sealed record DirectOptions
{
    /// <summary>The defaults.</summary>
    public static DirectOptions Default { get; } = new();

    /// <summary>The time for everything, the name included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt has the field for itself (RFC 8305 section 5).</summary>
    public TimeSpan Stagger { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Addresses tried for one destination.</summary>
    public int MaxAttempts { get; init; } = 8;

    /// <summary>Mark and source address.</summary>
    public ConnectOptions Connect { get; init; } = ConnectOptions.Default;

    /// <summary>
    /// Source addresses to spread people over; a family without one is left to the routing table. Each person keeps to
    /// one of each family, as sites that tie a login to an address expect, until its ports are used up.
    /// </summary>
    public IReadOnlyList<IPAddress> Sources { get; init; } = [];

    /// <summary>Own addresses that no interface has, as of a node behind NAT.</summary>
    public IReadOnlyList<IPAddress> AlsoOwn { get; init; } = [];
}
