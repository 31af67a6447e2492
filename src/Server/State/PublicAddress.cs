using System.Net;
using System.Net.NetworkInformation;

namespace Karez.Server.State;

/// <summary>This machine's public address, if an interface carries one; no outside service is asked.</summary>
public static class PublicAddress
{
    /// <summary>The first public address of an interface that is up, IPv4 before IPv6; null if there is none.</summary>
    public static IPAddress? Find()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .Where(IsPublic)
                .MinBy(a => a.GetAddressBytes().Length);
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }

    /// <summary>Whether others can reach the address: not private, shared, link-local or multicast.</summary>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var octets = address.GetAddressBytes();
        // 2000::/3 is what has been given out; 2001:db8::/32 is documentation (RFC 3849).
        return octets.Length == 4
            ? IsPublicV4(octets)
            : (octets[0] & 0xE0) == 0x20 && !octets.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x20, 0x01, 0x0D, 0xB8]);
    }

    // RFC 6890, and 100.64.0.0/10 of RFC 6598.
    private static bool IsPublicV4(byte[] o) => o[0] switch
    {
        0 or 10 or 127 or >= 224 => false,
        100 => (o[1] & 0xC0) != 64,
        169 => o[1] != 254,
        172 => (o[1] & 0xF0) != 16,
        192 => o[1] != 168 && !(o[1] == 0 && o[2] is 0 or 2),
        198 => (o[1] & 0xFE) != 18 && !(o[1] == 51 && o[2] == 100),
        203 => !(o[1] == 0 && o[2] == 113),
        _ => true,
    };
}
