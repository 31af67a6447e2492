using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Karez.Proxy;

/// <summary>A host (name or address) and a port from 1: where a flow or a datagram goes or came from.</summary>
/// <remarks>
/// Only the Try methods make one, so a name is always 1-255 letters, digits, '-', '.', '_' and never an address in
/// text.
/// The default value is "none" (<see cref="IsNone"/>). An IP destination allocates nothing.
/// </remarks>
public readonly struct Destination : IEquatable<Destination>
{
    /// <summary>The longest name: its length is one octet on the wire.</summary>
    public const int MaxName = 255;

    private readonly string? _name;
    private readonly UInt128 _octets;

    private Destination(string name, ushort port) => (_name, Kind, Port) = (name, AddressKind.Name, port);

    private Destination(UInt128 octets, AddressKind kind, ushort port) => (_octets, Kind, Port) = (octets, kind, port);

    /// <summary>What the host is.</summary>
    public AddressKind Kind { get; }

    /// <summary>The port, 1-65535; 0 only in the default value.</summary>
    public ushort Port { get; }

    /// <summary>True for the default value.</summary>
    public bool IsNone => Kind == AddressKind.None;

    /// <summary>True if the host is a name.</summary>
    public bool IsName => Kind == AddressKind.Name;

    /// <summary>The name; empty if the host is an address.</summary>
    public string Name => _name ?? "";

    /// <summary>Octets of the host as written by <see cref="WriteHost"/>: 4, 16, or the name's length.</summary>
    public int HostLength => Kind switch
    {
        AddressKind.IPv4 => 4,
        AddressKind.IPv6 => 16,
        _ => Name.Length,
    };

    /// <summary>The address as an object; null if the host is a name.</summary>
    public IPAddress? ToAddress()
    {
        if (Kind is not (AddressKind.IPv4 or AddressKind.IPv6))
            return null;
        Span<byte> octets = stackalloc byte[16];
        return new IPAddress(octets[..WriteHost(octets)]);
    }

    /// <summary>Writes the address's octets, or the name's.</summary>
    /// <returns><see cref="HostLength"/>.</returns>
    public int WriteHost(Span<byte> destination)
    {
        switch (Kind)
        {
            case AddressKind.IPv4:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_octets);
                return 4;
            case AddressKind.IPv6:
                BinaryPrimitives.WriteUInt128BigEndian(destination, _octets);
                return 16;
            default:
                return Encoding.ASCII.GetBytes(Name, destination);
        }
    }

    /// <summary>Takes a name, or an address in text (IPv6 also in brackets); false if it is neither.</summary>
    public static bool TryFromHost(ReadOnlySpan<char> host, int port, out Destination destination)
    {
        destination = default;
        if (host.IsEmpty || host.Length > MaxName || port is < 1 or > 65535)
            return false;
        if (host[0] == '[' || host.Contains(':'))
            return TryFromIPv6Text(host, (ushort)port, out destination);
        if (TryReadIPv4(host, out var octets))
        {
            destination = new Destination(octets, AddressKind.IPv4, (ushort)port);
            return true;
        }

        foreach (var letter in host)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '.' or '_'))
                return false;
        }

        destination = new Destination(host.ToString(), (ushort)port);
        return true;
    }

    /// <summary>
    /// As <see cref="TryFromHost(ReadOnlySpan{char}, int, out Destination)"/>, from octets on a wire.
    /// </summary>
    public static bool TryFromHost(ReadOnlySpan<byte> host, int port, out Destination destination)
    {
        destination = default;
        if (host.Length > MaxName)
            return false;
        Span<char> text = stackalloc char[MaxName];
        for (var i = 0; i < host.Length; i++)
            text[i] = (char)host[i];
        return TryFromHost(text[..host.Length], port, out destination);
    }

    /// <summary>Takes 4 or 16 address octets; false on another length or port 0.</summary>
    public static bool TryFromAddress(ReadOnlySpan<byte> octets, int port, out Destination destination)
    {
        destination = default;
        if (port is < 1 or > 65535 || octets.Length is not (4 or 16))
            return false;
        destination = octets.Length == 4
            ? new Destination(BinaryPrimitives.ReadUInt32BigEndian(octets), AddressKind.IPv4, (ushort)port)
            : new Destination(BinaryPrimitives.ReadUInt128BigEndian(octets), AddressKind.IPv6, (ushort)port);
        return true;
    }

    /// <summary>Takes an address object; its scope, if any, is dropped.</summary>
    public static bool TryFromAddress(IPAddress address, int port, out Destination destination)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        return TryFromAddress(octets[..length], port, out destination);
    }

    /// <summary>
    /// Reads "host:port" or "[IPv6]:port"; a missing port is <paramref name="defaultPort"/> (0: refused).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Destination destination, int defaultPort = 0)
    {
        destination = default;
        var port = defaultPort;
        var colon = text.LastIndexOf(':');
        if (colon >= 0 && text.LastIndexOf(']') < colon)
        {
            if (!TryReadPort(text[(colon + 1)..], out port))
                return false;
            text = text[..colon];
            // Unbracketed IPv6 is ambiguous beside a port.
            if (text.Contains(':') && text[0] != '[')
                return false;
        }

        return TryFromHost(text, port, out destination);
    }

    /// <inheritdoc/>
    public bool Equals(Destination other) =>
        Kind == other.Kind && Port == other.Port && _octets == other._octets
        && string.Equals(_name, other._name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Destination other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(_octets, Port, StringComparer.OrdinalIgnoreCase.GetHashCode(Name));

    /// <summary>"host:port", IPv6 in brackets.</summary>
    public override string ToString() => Kind switch
    {
        AddressKind.None => "",
        AddressKind.Name => $"{_name}:{Port}",
        AddressKind.IPv6 => $"[{ToAddress()}]:{Port}",
        _ => $"{ToAddress()}:{Port}",
    };

    /// <summary>Same host (names without regard to case) and port.</summary>
    public static bool operator ==(Destination left, Destination right) => left.Equals(right);

    /// <summary>Another host or port.</summary>
    public static bool operator !=(Destination left, Destination right) => !left.Equals(right);

    private static bool TryFromIPv6Text(ReadOnlySpan<char> host, ushort port, out Destination destination)
    {
        destination = default;
        if (host[0] == '[')
        {
            if (host[^1] != ']')
                return false;
            host = host[1..^1];
        }

        // IPAddress also reads a scope, a bracket and a port; none of them belongs to a destination's host.
        if (!host.Contains(':') || host.ContainsAny("%[]/") || !IPAddress.TryParse(host, out var address))
            return false;
        return TryFromAddress(address, port, out destination);
    }

    /// <summary>
    /// Four decimal numbers without leading zeros; other notations stay names, for the resolver to judge.
    /// </summary>
    private static bool TryReadIPv4(ReadOnlySpan<char> host, out uint octets)
    {
        octets = 0;
        for (var part = 0; part < 4; part++)
        {
            var end = part < 3 ? host.IndexOf('.') : host.Length;
            if (end is < 1 or > 3 || (end > 1 && host[0] == '0'))
                return false;
            var value = 0u;
            foreach (var digit in host[..end])
            {
                if (!char.IsAsciiDigit(digit))
                    return false;
                value = (value * 10) + digit - '0';
            }

            if (value > 255)
                return false;
            octets = (octets << 8) | value;
            host = part < 3 ? host[(end + 1)..] : default;
        }

        return true;
    }

    private static bool TryReadPort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        if (text.Length is < 1 or > 5)
            return false;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            port = (port * 10) + digit - '0';
        }

        return port is >= 1 and <= 65535;
    }
}
