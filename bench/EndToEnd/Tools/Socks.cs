using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>What tools with a SOCKS5 port have in common.</summary>
internal static class Socks
{
    public static Way Way(int port) => new(BenchWorld.Origin, BenchWorld.HttpPort, BenchWorld.HttpsPort, port);

    /// <summary>Starts both ends and waits for both.</summary>
    /// <param name="world">The world.</param>
    /// <param name="tool">Gets the programs.</param>
    /// <param name="node">The node's program and its words.</param>
    /// <param name="nodePort">Where it will listen.</param>
    /// <param name="client">The client's program and its words.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RunningTool> StartAsync(
        BenchWorld world, RunningTool tool, string[] node, int nodePort, string[] client,
        CancellationToken cancellationToken)
    {
        tool.StartNode(world, node[0], node[1..]);
        tool.StartToListening =
            await Listening.WaitAsync(world.Node, BenchWorld.NodeAddress, nodePort, cancellationToken, tool.Said);
        tool.StartClient(world, client[0], client[1..]);
        // Every tool of this method has its port in its Way.
        await Listening.WaitAsync(
            world.Client, "127.0.0.1", tool.Way.SocksPort!.Value, cancellationToken, tool.Said);
        return tool;
    }
}
