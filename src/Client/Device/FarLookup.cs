using System.Buffers.Binary;
using System.Net;
using Karez.Ip.Dns;
using Karez.Ip.Headers;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Wire;

namespace Karez.Client.Device;

/// <summary>Asks for a node's own name through the channel, so that nobody here sees that it is asked for.</summary>
internal static class FarLookup
{
    /// <summary>What TCP has before each message.</summary>
    public const int LengthOctets = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks a public resolver for an IPv4 address by TCP (RFC 7766); null when it gave none.</summary>
    /// <exception cref="TunnelException">There is no channel.</exception>
    /// <exception cref="ConnectionException">The channel broke.</exception>
    public static async ValueTask<IPAddress?> AskAsync(
        Nodes nodes, EventLoop loop, string host, IPEndPoint server, IEntropy entropy)
    {
        var message = Write(host, entropy);
        if (message.IsEmpty || !Destination.TryFromAddress(server.Address, (ushort)server.Port, out var destination))
            return null;
        using var leg = await nodes.OpenAsync(loop, destination, VlessCommand.Tcp);
        using var limit = new LoopTimer(loop, () => leg.Tunnel.Connection.Abort(ConnectionFault.TimedOut));
        limit.Set(Patience);
        await leg.SendAsync(message);
        var (answer, filled) = (new byte[2 + DnsQuery.MaxMessage], 0);
        while (filled < 2 || filled < 2 + BinaryPrimitives.ReadUInt16BigEndian(answer))
        {
            var content = await leg.ReceiveAsync();
            if (content.IsEmpty || content.Length > answer.Length - filled)
                return null;
            content.Span.CopyTo(answer.AsSpan(filled));
            filled += content.Length;
        }

        return Read(answer.AsSpan(2, BinaryPrimitives.ReadUInt16BigEndian(answer)), message.Span[LengthOctets..]);
    }

    /// <summary>The length, and a query of one question; empty when the name cannot be asked for.</summary>
    public static ReadOnlyMemory<byte> Write(string host, IEntropy entropy)
    {
        var octets = new byte[2 + DnsQuery.HeaderLength + DnsName.MaxWire + 4];
        entropy.Fill(octets.AsSpan(2, 2));
        octets[4] = 1; // recursion is wanted
        octets[7] = 1; // one question
        var at = 2 + DnsQuery.HeaderLength;
        var name = DnsName.Write(host, octets.AsSpan(at));
        if (name <= 0)
            return default;
        at += name;
        (octets[at + 1], octets[at + 3]) = ((byte)DnsType.A, 1);
        at += 4;
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)(at - 2));
        return octets.AsMemory(0, at);
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
