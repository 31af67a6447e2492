using Karez.Beds;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>A tool with both ends up.</summary>
internal sealed class RunningTool
{
    private readonly List<MachineProcess> _client = [];
    private readonly List<MachineProcess> _node = [];

    public required string Name { get; init; }

    /// <summary>What the program says its version is.</summary>
    public string Version { get; set; } = "";

    /// <summary>Every command line, and every configuration that it names, for the results.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Where the origin is reached: its own address, or a port that leads there.</summary>
    public Way Way { get; set; } = new(BenchWorld.Origin, BenchWorld.HttpPort, BenchWorld.HttpsPort, null);

    /// <summary>Where people use it; the client if nothing is said.</summary>
    public Machine? At { get; init; }

    /// <summary>Whether flows share connections: then a request is no handshake, and a held flow no connection.</summary>
    public bool Shares { get; init; }

    /// <summary>The beginnings of the figures for which it is measured at all; empty for every one.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>From the start of the node's program until it listens; null when that was not seen.</summary>
    public TimeSpan? StartToListening { get; set; }

    /// <summary>Starts the node's program again, for the time until it listens; null when a tool cannot.</summary>
    public Func<CancellationToken, Task<TimeSpan>>? RestartNode { get; set; }

    public IEnumerable<int> Client => _client.Select(process => process.Id);

    public IEnumerable<int> Node => _node.Select(process => process.Id);

    public IEnumerable<int> Both => Client.Concat(Node);

    public MachineProcess StartClient(BenchWorld world, string program, params string[] arguments) =>
        Start(_client, UsedAt(world), program, arguments);

    public MachineProcess StartNode(BenchWorld world, string program, params string[] arguments) =>
        Start(_node, world.Node, program, arguments);

    public Machine UsedAt(BenchWorld world) => At ?? world.Client;

    /// <summary>Takes a program that daemonised or was started elsewhere into the accounts of the node.</summary>
    public void ReplaceNode(MachineProcess process)
    {
        _node.Clear();
        _node.Add(process);
    }

    /// <summary>Whether it is measured for a figure.</summary>
    public bool IsFor(string figure) => Only.Count == 0
        || Only.Any(one => figure.StartsWith(one, StringComparison.Ordinal));

    /// <summary>What the programs said, for a failure's report.</summary>
    public string Said() => string.Join('\n', _client.Concat(_node).Select(process => process.Printed.Trim()));

    private MachineProcess Start(List<MachineProcess> end, Machine machine, string program, string[] arguments)
    {
        Commands.Add($"[{machine.Name}] {program} {string.Join(' ', arguments)}");
        Commands.AddRange(arguments.Where(argument => argument.StartsWith('/') && File.Exists(argument)
            && new FileInfo(argument).Length < 8192).Select(path => $"{path}:\n{File.ReadAllText(path)}"));
        var process = machine.Start(program, arguments);
        end.Add(process);
        return process;
    }
}
