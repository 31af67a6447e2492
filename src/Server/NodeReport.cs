using Karez.Net.Loops;
using Karez.Server.State;

namespace Karez.Server;

/// <summary>What a running node says of itself.</summary>
public static class NodeReport
{
    /// <summary>What is said when the files hold another configuration or other keys than the node runs with.</summary>
    public const string Outdated = "node.json or keys.json has changed since the start; restart karez serve to use it";

    /// <summary>Looks at a node, from any thread.</summary>
    /// <param name="node">The node.</param>
    /// <param name="state">What it was started with.</param>
    /// <param name="started">When it was started.</param>
    /// <param name="now">The time.</param>
    /// <param name="isOutdated">Whether its files have changed since, people aside.</param>
    public static NodeStatus Of(
        Node node, NodeState state, DateTimeOffset started, DateTimeOffset now, bool isOutdated = false)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(state);
        var people = node.Membership.Members
            .OrderBy(m => m.Person.Created)
            .Select(m => new PersonStatus(m.Person.Name, m.Flows, m.Up, m.Down))
            .ToList();
        var (open, limit) = ProcessLimits.Descriptors();
        var (ports, portLimit) = PortHeadroom.Read(node.EgressAddresses);
        return new NodeStatus(
            started,
            node.Listening.ToString(),
            state.Config.Target,
            node.Connections,
            open,
            limit,
            people,
            isOutdated ? [.. Warnings(node), Outdated] : [.. Warnings(node)],
            node.TargetTrouble,
            node.TargetLearntAt is { } at ? Math.Max(0, (now - at).TotalSeconds) : null,
            ports,
            portLimit);
    }

    /// <summary>What the node's owner should know, one sentence each.</summary>
    public static IEnumerable<string> Warnings(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!node.TargetChainValid)
            yield return "the target's certificate is not one that this system trusts; browsers would warn of it";
        if (node.TargetTrouble is { } trouble)
            yield return $"the target is not well: {trouble}";
        var (ports, limit) = PortHeadroom.Read(node.EgressAddresses);
        if (limit > 0 && ports > limit / 5 * 4)
            yield return $"{ports} of {limit} local ports are in use: widen ip_local_port_range, or name more egress";
    }
}
