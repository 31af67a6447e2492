using Karez.Server.State;

namespace Karez.Server;

/// <summary>What a running node says of itself.</summary>
public static class NodeReport
{
    /// <summary>Looks at a node, from any thread.</summary>
    /// <param name="node">The node.</param>
    /// <param name="state">What it was started with.</param>
    /// <param name="started">When it was started.</param>
    /// <param name="warnings">What its owner should know.</param>
    public static NodeStatus Of(
        Node node, NodeState state, DateTimeOffset started, IReadOnlyList<string> warnings)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(state);
        var people = node.Membership.Members
            .OrderBy(m => m.Person.Created)
            .Select(m => new PersonStatus(m.Person.Name, m.Flows, m.Up, m.Down))
            .ToList();
        var (open, limit) = ProcessLimits.Descriptors();
        return new NodeStatus(
            started, node.Listening.ToString(), state.Config.Target, node.Connections, open, limit, people, warnings);
    }
}
