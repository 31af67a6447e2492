namespace Karez.Ip.Dns;

/// <summary>What is special about a name.</summary>
public enum SpecialName
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>This machine itself.</summary>
    Loopback,

    /// <summary>It exists nowhere, or not in the DNS.</summary>
    Nowhere,

    /// <summary>The name of an address (in-addr.arpa, ip6.arpa).</summary>
    Reverse,

    /// <summary>A resolver that browsers and systems would use behind this one's back.</summary>
    Resolver,
}
