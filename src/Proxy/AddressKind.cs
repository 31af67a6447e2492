namespace Karez.Proxy;

/// <summary>What a <see cref="Destination"/> holds; the values are VLESS's address types.</summary>
public enum AddressKind : byte
{
    /// <summary>Nothing: the default value of a destination.</summary>
    None = 0,

    /// <summary>Four octets.</summary>
    IPv4 = 1,

    /// <summary>A name to be resolved at the far side.</summary>
    Name = 2,

    /// <summary>Sixteen octets.</summary>
    IPv6 = 3,
}
