using System.Buffers.Binary;
using System.Net;
using Karez.Ip.Dns;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Wire;

namespace Karez.Client.Device;

/// <summary>Asks for a node's own name through the channel, so that nobody here sees that it is asked for.</summary>
internal static class FarLookup
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks a public resolver for an IPv4 address by TCP (RFC 7766); null when it gave none.</summary>
    /// <exception cref="TunnelException">There is no channel.</exception>
    /// <exception cref="ConnectionException">The channel broke.</exception>
    public static async ValueTask<IPAddress?> AskAsync(
        Nodes nodes, EventLoop loop, string host, IPEndPoint server, IEntropy entropy)
    {
        var query = NodeQuery.Write(host, entropy);
        if (query.IsEmpty || !Destination.TryFromAddress(server.Address, (ushort)server.Port, out var destination))
            return null;
        using var leg = await nodes.OpenAsync(loop, destination, VlessCommand.Tcp);
        using var limit = new LoopTimer(loop, () => leg.Tunnel.Connection.Abort(ConnectionFault.TimedOut));
        limit.Set(Patience);
        var message = new byte[2 + query.Length]; // TCP has the length before it
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)query.Length);
        query.CopyTo(message.AsMemory(2));
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

        return NodeQuery.Read(answer.AsSpan(2, BinaryPrimitives.ReadUInt16BigEndian(answer)), query.Span);
    }
}
