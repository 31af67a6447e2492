namespace Karez.Sys.Netlink;

/// <summary>What kinds of things changed.</summary>
[Flags]
public enum NetlinkChange
{
    /// <summary>Nothing, in the time waited.</summary>
    None = 0,

    /// <summary>An interface came, went, or changed its flags.</summary>
    Link = 1,

    /// <summary>An address came or went.</summary>
    Address = 2,

    /// <summary>A route came or went.</summary>
    Route = 4,

    /// <summary>A rule came or went.</summary>
    Rule = 8,

    /// <summary>More changed than could be told; look at everything.</summary>
    Everything = Link | Address | Route | Rule,
}
