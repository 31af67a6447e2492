using System.Globalization;

namespace Karez.Camouflage.Reality;

/// <summary>The version a client states about itself: three octets, compared as one number.</summary>
/// <param name="Major">First octet.</param>
/// <param name="Minor">Second octet.</param>
/// <param name="Patch">Third octet.</param>
public readonly record struct ClientVersion(byte Major, byte Minor, byte Patch) : IComparable<ClientVersion>
{
    /// <summary>
    /// What our client states: servers of Xray v26.7.11 to v26.7.28 refuse anything below 26.3.27 by default
    /// (XTLS/Xray-core infra/conf/transport_security.go at 2323273e).
    /// </summary>
    public static ClientVersion Stated => new(26, 7, 28);

    /// <summary>Reads "26.3.27".</summary>
    public static bool TryParse(string? text, out ClientVersion version)
    {
        version = default;
        if (text?.Split('.') is not [var major, var minor, var patch]
            || !byte.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var x)
            || !byte.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var y)
            || !byte.TryParse(patch, NumberStyles.None, CultureInfo.InvariantCulture, out var z))
            return false;
        version = new ClientVersion(x, y, z);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(ClientVersion other) => Number.CompareTo(other.Number);

    /// <summary>Lower than.</summary>
    public static bool operator <(ClientVersion left, ClientVersion right) => left.Number < right.Number;

    /// <summary>Higher than.</summary>
    public static bool operator >(ClientVersion left, ClientVersion right) => left.Number > right.Number;

    /// <summary>Lower than or the same.</summary>
    public static bool operator <=(ClientVersion left, ClientVersion right) => left.Number <= right.Number;

    /// <summary>Higher than or the same.</summary>
    public static bool operator >=(ClientVersion left, ClientVersion right) => left.Number >= right.Number;

    /// <summary>"26.3.27".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private int Number => (Major << 16) | (Minor << 8) | Patch;
}
