namespace Karez.Ip.Nat;

/// <summary>How far a flow is.</summary>
internal enum NatPhase : byte
{
    Free,
    Opening,
    Open,
    Closing,
}
