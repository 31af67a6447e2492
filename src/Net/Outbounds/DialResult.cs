using System.Diagnostics.CodeAnalysis;
using Karez.Net.Loops;
using Karez.Proxy;

namespace Karez.Net.Outbounds;

/// <summary>A connection, yours to dispose, or the reason why there is none.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Connection">The connection if <see cref="IsConnected"/>.</param>
public readonly record struct DialResult(DialOutcome Outcome, Connection? Connection)
{
    /// <summary>Whether there is a connection.</summary>
    [MemberNotNullWhen(true, nameof(Connection))]
    public bool IsConnected => Connection is not null;

    /// <summary>The failure as a local program hears of it.</summary>
    public FlowFailure Failure => Outcome switch
    {
        DialOutcome.Refused => FlowFailure.Refused,
        DialOutcome.Unreachable => FlowFailure.NetworkUnreachable,
        DialOutcome.HostUnreachable or DialOutcome.NameNotFound => FlowFailure.HostUnreachable,
        DialOutcome.TimedOut => FlowFailure.TimedOut,
        DialOutcome.Forbidden => FlowFailure.Forbidden,
        _ => FlowFailure.General,
    };
}
