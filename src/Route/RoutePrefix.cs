using System.Globalization;
using System.Net;

namespace Karez.Route;

/// <summary>All addresses that begin with the same bits.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Bits">How many bits are the same.</param>
public readonly record struct RoutePrefix(RouteAddress First, int Bits)
{
    /// <summary>The last address.</summary>
    public UInt128 Last => First.Number | Rest(Bits, First.IsIPv6);

    /// <summary>Reads <c>192.0.2.0/24</c>, <c>2001:db8::/32</c>, or an address alone; bits after the length are
    /// cleared.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out RoutePrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        var host = slash < 0 ? text : text[..slash];
        // The framework takes "1" and "1.2" for addresses; nobody here means them.
        if (!host.Contains(':') && host.Count('.') != 3)
            return false;
        if (host.Contains('%') || !IPAddress.TryParse(host, out var address))
            return false;
        var first = RouteAddress.From(address);
        var bits = first.IsIPv6 ? 128 : 32;
        return (slash < 0
                || int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out bits))
            && TryMake(first, bits, out prefix);
    }

    /// <summary>Makes one; bits after the length are cleared.</summary>
    public static bool TryMake(RouteAddress address, int bits, out RoutePrefix prefix)
    {
        prefix = default;
        if (bits < 0 || bits > (address.IsIPv6 ? 128 : 32))
            return false;
        prefix = new RoutePrefix(address with { Number = address.Number & ~Rest(bits, address.IsIPv6) }, bits);
        return true;
    }

    /// <summary>Whether an address is one of them.</summary>
    public bool Contains(in RouteAddress address) =>
        address.IsIPv6 == First.IsIPv6 && address.Number >= First.Number && address.Number <= Last;

    /// <inheritdoc/>
    public override string ToString() => $"{First}/{Bits}";

    private static UInt128 Rest(int bits, bool isIPv6)
    {
        var rest = (isIPv6 ? 128 : 32) - bits;
        return rest >= 128 ? UInt128.MaxValue : (UInt128.One << rest) - 1;
    }
}
