using System.Net;

namespace Karez.Ip.Headers;

/// <summary>An address and a port of TCP or UDP.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port.</param>
public readonly record struct HostPort(HostAddress Address, ushort Port)
{
    /// <summary>From the framework's form.</summary>
    public static HostPort From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new HostPort(HostAddress.From(endPoint.Address), (ushort)endPoint.Port);
    }

    /// <summary>The framework's form; allocates.</summary>
    public IPEndPoint ToIPEndPoint() => new(Address.ToIPAddress(), Port);

    /// <summary>"address:port", IPv6 in brackets.</summary>
    public override string ToString() => Address.IsIPv6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
