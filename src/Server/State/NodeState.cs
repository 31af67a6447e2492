using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Karez.Config;
using Karez.Contracts;
using Karez.Server.Targets;

namespace Karez.Server.State;

/// <summary>What a node must not lose: its configuration, its keys, its people. The files are the truth.</summary>
public sealed class NodeState
{
    /// <summary>The lock's name of a running node.</summary>
    public const string Role = "serve";

    private const string FromBackup =
        "put the file back, or the whole node from its backup: karez restore FILE --state DIR, DIR empty";

    private NodeState(StateFolder folder, NodeConfig config, NodeKeys keys, Roster roster)
    {
        Folder = folder;
        Config = config;
        Keys = keys;
        Roster = roster;
    }

    /// <summary>The configuration's file.</summary>
    public static StateFile<NodeConfig> ConfigFile { get; } =
        new("node.json", NodeConfig.CurrentVersion, ConfigJson.Default.NodeConfig, (c, problems) => c.Check(problems));

    /// <summary>The keys' file.</summary>
    public static StateFile<NodeKeys> KeysFile { get; } =
        new("keys.json", NodeKeys.CurrentVersion, ConfigJson.Default.NodeKeys, (k, problems) => k.Check(problems))
        {
            Cure = FromBackup,
        };

    /// <summary>The people's file.</summary>
    public static StateFile<Roster> RosterFile { get; } =
        new("roster.json", Roster.CurrentVersion, ContractsJson.Default.Roster, RosterCheck.Check)
        {
            Cure = FromBackup,
        };

    /// <summary>The file of what was learnt of the target; a cache, learnt anew when it is gone.</summary>
    public static StateFile<LearntTarget> LearntFile { get; } =
        new("learnt.json", LearntTarget.CurrentVersion, TargetJson.Default.LearntTarget, LearntTarget.Check)
        {
            Cure = "delete the file: it is learnt anew",
            Migrations = new Dictionary<int, Action<JsonObject>>
            {
                [1] = LearntTarget.FromOne,
                [2] = LearntTarget.FromTwo,
            },
        };

    /// <summary>The folder.</summary>
    public StateFolder Folder { get; }

    /// <summary>The configuration as written.</summary>
    public NodeConfig Config { get; }

    /// <summary>The node's keys.</summary>
    public NodeKeys Keys { get; }

    /// <summary>The people.</summary>
    public Roster Roster { get; }

    /// <summary>Whether a node's keys are in this folder.</summary>
    public static bool IsIn(StateFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return File.Exists(folder.FileOf(KeysFile.Name));
    }

    /// <summary>Reads all three files.</summary>
    /// <exception cref="StateException">One is missing, damaged, newer or wrong; nothing is replaced.</exception>
    public static NodeState Load(StateFolder folder)
    {
        var config = ConfigFile.Read(folder);
        var keys = KeysFile.Read(folder);
        var roster = RosterFile.Read(folder);
        if (config is null && keys is null && roster is null)
            throw new StateException(
                $"there is no node in {folder.Path}", "run karez serve first, or give --state DIR");
        return new NodeState(
            folder, config ?? throw Missing(ConfigFile.Name), keys ?? throw Missing(KeysFile.Name),
            roster ?? throw Missing(RosterFile.Name));

        StateException Missing(string name) => new(
            $"{folder.FileOf(name)} is missing, but the rest of the node is there",
            "put it back, or karez restore FILE");
    }

    /// <summary>Makes a new node and writes it.</summary>
    /// <exception cref="StateException">A node is there already, or the folder cannot be written.</exception>
    public static NodeState Create(StateFolder folder, NodeConfig config, string firstPerson, DateTimeOffset now)
    {
        var state = Prepare(folder, config, firstPerson, now);
        state.Save();
        return state;
    }

    /// <summary>Makes a new node, fresh keys and a first person, without writing anything yet.</summary>
    /// <exception cref="StateException">A node is there already.</exception>
    public static NodeState Prepare(StateFolder folder, NodeConfig config, string firstPerson, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (IsIn(folder))
            throw new StateException($"there is a node in {folder.Path} already", "give another --state DIR");
        var roster = new Roster([RosterChange.NewPerson(firstPerson, now)]);
        var keys = new NodeKeys(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
        return new NodeState(folder, config, keys, roster);
    }

    /// <summary>Writes a node over whatever is there.</summary>
    /// <exception cref="StateException">It could not be written.</exception>
    public static NodeState Replace(StateFolder folder, NodeConfig config, NodeKeys keys, Roster roster)
    {
        var state = new NodeState(folder, config, keys, roster);
        state.Save();
        return state;
    }

    /// <summary>Writes all three files, keys last: without them the folder holds no node yet.</summary>
    /// <exception cref="StateException">They could not be written.</exception>
    public void Save()
    {
        ConfigFile.Write(Folder, Config);
        RosterFile.Write(Folder, Roster);
        KeysFile.Write(Folder, Keys);
    }

    /// <summary>Whether configuration and keys are the same; only people may differ.</summary>
    public bool HasNodeOf(NodeState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Written(this).AsSpan().SequenceEqual(Written(other));

        static byte[] Written(NodeState state) =>
        [
            .. JsonSerializer.SerializeToUtf8Bytes(state.Config, ConfigJson.Default.NodeConfig),
            .. JsonSerializer.SerializeToUtf8Bytes(state.Keys, ConfigJson.Default.NodeKeys),
        ];
    }

    /// <summary>The same node under another configuration, which is not written.</summary>
    public NodeState Using(NodeConfig config) => new(Folder, config, Keys, Roster);

    /// <summary>Writes a changed configuration.</summary>
    /// <exception cref="StateException">It could not be written.</exception>
    public NodeState With(NodeConfig config)
    {
        ConfigFile.Write(Folder, config);
        return new NodeState(Folder, config, Keys, Roster);
    }

    /// <summary>Changes the people, alone among commands: reads, changes, writes.</summary>
    /// <param name="folder">The node's folder.</param>
    /// <param name="change">Gives the new roster; may throw <see cref="StateException"/> to change nothing.</param>
    /// <exception cref="StateException">The files are wrong, or could not be written.</exception>
    public static NodeState ChangePeople(StateFolder folder, Func<Roster, Roster> change)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(change);
        using var alone = folder.TakeToChange();
        var state = Load(folder);
        var roster = change(state.Roster);
        RosterFile.Write(folder, roster);
        return new NodeState(folder, state.Config, state.Keys, roster);
    }
}
