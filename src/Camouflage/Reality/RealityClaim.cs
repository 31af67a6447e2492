namespace Karez.Camouflage.Reality;

/// <summary>What a client says of itself inside the sealed session id.</summary>
/// <param name="Version">The client's stated version.</param>
/// <param name="UnixSeconds">The client's clock, seconds since 1970 (wraps in 2106).</param>
/// <param name="ShortId">Who it is.</param>
public readonly record struct RealityClaim(ClientVersion Version, uint UnixSeconds, ShortId ShortId);
