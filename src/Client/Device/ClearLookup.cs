using System.Net;
using Karez.Net.Loops;
using Karez.Tun.Names;
using Karez.Wire;

namespace Karez.Client.Device;

/// <summary>Asks for a node's own name in clear, past the device.</summary>
internal static class ClearLookup
{
    /// <summary>Asks one resolver after the other for an IPv4 address; null when none gave one.</summary>
    public static async ValueTask<IPAddress?> AskAsync(
        EventLoop loop, string host, IReadOnlyList<IPEndPoint> resolvers, uint mark, IEntropy entropy)
    {
        var query = NodeQuery.Write(host, entropy);
        if (query.IsEmpty)
            return null;
        foreach (var resolver in resolvers)
        {
            if (await DnsExchange.AskDirectAsync(loop, resolver, query, mark) is { } answer)
                return NodeQuery.Read(answer, query.Span);
        }

        return null;
    }
}
