using System.Net;

namespace Karez.Client.Gateway;

/// <summary>A network of phones that this machine serves.</summary>
public sealed record GatewayPlan
{
    /// <summary>The interface at which they are.</summary>
    public required string Lan { get; init; }

    /// <summary>This machine's address there, and their gateway and name server.</summary>
    public IPAddress Address { get; init; } = IPAddress.Parse("10.66.0.1");

    /// <summary>The bits of the network; 24 leaves the addresses from .10 to .250 to give away.</summary>
    public byte PrefixLength { get; init; } = 24;

    /// <summary>The access point's name; null where there is none to make, as on Ethernet.</summary>
    public string? Ssid { get; init; }

    /// <summary>Its password, 8 to 63 printable characters (WPA2 and WPA3 personal).</summary>
    public string? Password { get; init; }

    /// <summary>The radio's driver for hostapd; "none" makes no radio, for tests.</summary>
    public string Driver { get; init; } = "nl80211";

    /// <summary>The country whose radio rules hold, two letters; null leaves it to the machine.</summary>
    public string? Country { get; init; }

    /// <summary>The radio channel, in the 2.4 GHz band.</summary>
    public int Channel { get; init; } = 6;

    /// <summary>Whether the name and a password can be an access point's: null, or what is wrong.</summary>
    public string? WhyNoPoint(string password) => GatewayFiles.WhyNot(Ssid ?? "", password);
}
