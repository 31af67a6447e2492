using System.CommandLine;
using Karez.Config;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary>Where a command finds the node that it works on.</summary>
internal static class NodeSource
{
    /// <summary>Reads the node's files; <c>--config</c> stands in for its configuration.</summary>
    public static NodeState Load(CommonOptions common, ParseResult parsed)
    {
        var state = NodeState.Load(common.Open(parsed));
        return parsed.GetValue(common.Config) is { } path ? state.Using(ReadConfig(path)) : state;
    }

    /// <summary>Reads a node's configuration from a file.</summary>
    /// <exception cref="CommandException">It is not there, or wrong.</exception>
    public static NodeConfig ReadConfig(string path)
    {
        var problems = new List<Problem>();
        return NodeConfig.Read(InputFile.Read(path), problems)
            ?? throw new CommandException([.. problems.Select(p => p with { Path = $"{path}, {p.Path}" })]);
    }

    /// <summary>Tells the running node to read its files again, and says what came of it.</summary>
    /// <returns>Whether a node runs and has read them.</returns>
    /// <exception cref="CommandException">A node runs and could not.</exception>
    public static async Task<bool> TellAsync(Terminal terminal, StateFolder folder, CancellationToken cancellationToken)
    {
        var answer = await ControlSocket.ReloadAsync(folder, cancellationToken);
        if (answer is { Ok: false })
        {
            throw new CommandException(
                $"the files were changed, but the running node did not take them: {answer.What}",
                "karez status shows how it is; restarting it takes them too");
        }

        if (answer is null)
            terminal.Inform("no node is running on this folder; the next karez serve takes it");
        return answer is not null;
    }
}
