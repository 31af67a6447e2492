using Karez.Route.Lists;

namespace Karez.Route;

/// <summary>
/// Rules and the lists that they name, ready to be asked. It does not change, and allocates nothing for a decision; any
/// thread may ask.
/// </summary>
public sealed partial class RouteTable
{
    private readonly CompiledRule[] _rules;
    private readonly RouteAction _otherwise;

    private RouteTable(CompiledRule[] rules, RouteAction otherwise) => (_rules, _otherwise) = (rules, otherwise);

    /// <summary>Private addresses direct, all else through the channel: what there is without rules.</summary>
    public static RouteTable Default { get; } = Compile([RouteRule.Private], [], RouteAction.Channel, [])
        ?? throw new InvalidOperationException("The rule for private addresses names no list.");

    /// <summary>Decides a flow by all that is known of it.</summary>
    public RouteDecision Decide(in RouteQuery query)
    {
        Span<ulong> hashes = stackalloc ulong[NamePattern.MaxLabels];
        Span<byte> starts = stackalloc byte[NamePattern.MaxLabels];
        var count = NameHash.WriteSuffixes(query.Name, hashes, starts);
        for (var i = 0; i < _rules.Length; i++)
        {
            if (_rules[i].Fits(query.Port, query.Network)
                && _rules[i].Holds(query, hashes[..count], starts[..count]))
                return new RouteDecision(_rules[i].Action, i);
        }

        return new RouteDecision(_otherwise, -1);
    }

    /// <summary>
    /// Decides a name before there is a flow. Where a rule depends on port or network, it counts if it is for the
    /// channel, and is passed over if not: a direct resolver sees no name that may go through the channel.
    /// </summary>
    /// <param name="name">In lower case, without the last dot.</param>
    public RouteDecision DecideName(ReadOnlySpan<char> name)
    {
        Span<ulong> hashes = stackalloc ulong[NamePattern.MaxLabels];
        Span<byte> starts = stackalloc byte[NamePattern.MaxLabels];
        var count = NameHash.WriteSuffixes(name, hashes, starts);
        var query = new RouteQuery { Name = name };
        for (var i = 0; i < _rules.Length; i++)
        {
            if ((!_rules[i].IsConditional || _rules[i].Action == RouteAction.Channel)
                && _rules[i].Holds(query, hashes[..count], starts[..count]))
                return new RouteDecision(_rules[i].Action, i);
        }

        return new RouteDecision(_otherwise, -1);
    }

    /// <summary>Says why a decision was taken. Allocates.</summary>
    /// <param name="query">What was asked.</param>
    /// <param name="decision">What was answered.</param>
    public RouteReason Explain(in RouteQuery query, RouteDecision decision)
    {
        if (decision.Rule < 0 || decision.Rule >= _rules.Length)
            return new RouteReason(decision, "otherwise");
        var rule = _rules[decision.Rule];
        foreach (var target in rule.Targets)
        {
            if (target.Explain(query) is var (matched, list, file))
                return new RouteReason(decision, rule.Origin, matched, list, file);
        }

        return new RouteReason(decision, rule.Origin);
    }

    private sealed record CompiledRule(
        RouteAction Action, string Origin, Target[] Targets, PortRange[] Ports, RouteNetwork Network)
    {
        public bool IsConditional => Ports.Length > 0 || Network != RouteNetwork.Any;

        /// <summary>Whether port and network are its own; what is not known is not.</summary>
        public bool Fits(ushort port, RouteNetwork network)
        {
            if (Network != RouteNetwork.Any && Network != network)
                return false;
            foreach (var range in Ports)
            {
                if (range.Contains(port))
                    return true;
            }

            return Ports.Length == 0;
        }

        public bool Holds(in RouteQuery query, ReadOnlySpan<ulong> hashes, ReadOnlySpan<byte> starts)
        {
            foreach (var target in Targets)
            {
                if ((!query.Name.IsEmpty && target.HasName(query.Name, hashes, starts))
                    || (query.Address is { } address && target.HasAddress(address)))
                    return true;
            }

            return Targets.Length == 0;
        }
    }
}
