using Karez.Ip.Headers;
using Karez.Wire;

namespace Karez.Ip.Nat;

/// <summary>One flow in the table.</summary>
internal struct NatEntry
{
    public FlowKey Key;
    public Instant LastSeen;
    public int Before;
    public int After;
    public NatPhase Phase;
    public TcpControl Flags;
}
