using Karez.Camouflage.Reality;

namespace Karez.Net.Tunnel;

/// <summary>One of ours, let in.</summary>
/// <param name="Tunnel">The tunnel; owned by whoever takes this.</param>
/// <param name="Claim">What the client said of itself in its hello.</param>
/// <param name="Profile">What was learnt of the target for this client's name and ALPN class.</param>
/// <param name="IsAnswered">
/// Whether what the target says to a request that comes with the Finished was already said.
/// </param>
public sealed record Admission(Tunnel Tunnel, RealityClaim Claim, TargetProfile Profile, bool IsAnswered);
