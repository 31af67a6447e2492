using System.Net;
using Karez.Ip.Dns;
using Karez.Ip.Headers;
using Karez.Wire;

namespace Karez.Client.Device;

/// <summary>The question for a node's IPv4 address, whoever is asked.</summary>
internal static class NodeQuery
{
    /// <summary>A query of one question; empty when the name cannot be asked for.</summary>
    public static ReadOnlyMemory<byte> Write(string host, IEntropy entropy)
    {
        var octets = new byte[DnsQuery.HeaderLength + DnsName.MaxWire + 4];
        entropy.Fill(octets.AsSpan(0, 2));
        octets[2] = 1; // recursion is wanted
        octets[5] = 1; // one question
        var at = DnsQuery.HeaderLength;
        var name = DnsName.Write(host, octets.AsSpan(at));
        if (name <= 0)
            return default;
        at += name;
        (octets[at + 1], octets[at + 3]) = ((byte)DnsType.A, 1);
        return octets.AsMemory(0, at + 4);
    }

    /// <summary>The first address in an answer; null when it is none to this query, or has none.</summary>
    public static IPAddress? Read(ReadOnlySpan<byte> message, ReadOnlySpan<byte> query)
    {
        var addresses = new HostAddress[1];
        return DnsResponse.Answers(message, query) && DnsResponse.ReadAddresses(message, addresses) > 0
            ? addresses[0].ToIPAddress()
            : null;
    }
}
