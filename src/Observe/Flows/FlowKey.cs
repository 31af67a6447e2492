using Karez.Observe.Packets;

namespace Karez.Observe.Flows;

/// <summary>A flow: protocol, and both ends, the opening one first.</summary>
/// <param name="Protocol">The transport's protocol number.</param>
/// <param name="Client">The end that opened it.</param>
/// <param name="ClientPort">Its port.</param>
/// <param name="Server">The other end.</param>
/// <param name="ServerPort">Its port.</param>
public readonly record struct FlowKey(
    byte Protocol, NetAddress Client, ushort ClientPort, NetAddress Server, ushort ServerPort)
{
    /// <summary>The same flow seen from the other end.</summary>
    public FlowKey Reversed => new(Protocol, Server, ServerPort, Client, ClientPort);

    /// <summary>For example <c>tcp 10.0.0.1:4000 &gt; 10.0.0.2:443</c>.</summary>
    public override string ToString() =>
        $"{Name} {End(Client, ClientPort)} > {End(Server, ServerPort)}";

    private string Name => Protocol switch
    {
        Packet.Tcp => "tcp",
        Packet.Udp => "udp",
        _ => $"ip{Protocol}",
    };

    private static string End(NetAddress address, ushort port) =>
        address.IsIp6 ? $"[{address}]:{port}" : $"{address}:{port}";
}
