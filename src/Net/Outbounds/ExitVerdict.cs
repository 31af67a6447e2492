namespace Karez.Net.Outbounds;

/// <summary>What <see cref="ExitPolicy"/> says of an address and port; docs/protocols/exit.md has the ranges.</summary>
public enum ExitVerdict
{
    /// <summary>The exit may connect there.</summary>
    Allowed,

    /// <summary>No address at all.</summary>
    Unspecified,

    /// <summary>The node itself.</summary>
    Loopback,

    /// <summary>A private network.</summary>
    Private,

    /// <summary>A carrier's network behind its address translation.</summary>
    Shared,

    /// <summary>The node's own link.</summary>
    LinkLocal,

    /// <summary>Set aside for examples.</summary>
    Documentation,

    /// <summary>Set aside for measurements.</summary>
    Benchmarking,

    /// <summary>A group of hosts.</summary>
    Multicast,

    /// <summary>All hosts of the link.</summary>
    Broadcast,

    /// <summary>Not for use on the internet.</summary>
    Reserved,

    /// <summary>Where a provider of machines hands out credentials.</summary>
    Metadata,

    /// <summary>An address of the node.</summary>
    OwnAddress,

    /// <summary>Where the node itself listens: the flow would come in again.</summary>
    OwnListener,
}
