using System.Diagnostics.CodeAnalysis;
using Karez.Net.Loops;

namespace Karez.Net.Outbounds;

/// <summary>A connection, yours to dispose, or the reason why there is none.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Connection">The connection if <see cref="IsConnected"/>.</param>
public readonly record struct DialResult(DialOutcome Outcome, Connection? Connection)
{
    /// <summary>Whether there is a connection.</summary>
    [MemberNotNullWhen(true, nameof(Connection))]
    public bool IsConnected => Connection is not null;
}
