namespace Karez.Ip.Dns;

/// <summary>What a name on the wire is.</summary>
public enum DnsNameKind
{
    /// <summary>No name: cut short, too long, or leading to itself.</summary>
    Broken,

    /// <summary>Letters, digits, hyphens and underscores.</summary>
    Host,

    /// <summary>A name with other octets; the text has '?' in their places.</summary>
    Other,
}
