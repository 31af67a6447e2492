namespace Karez.Server.Targets;

/// <summary>Records that a target sent at one moment while it waited, as they stand on disk.</summary>
/// <param name="AfterMilliseconds">When, from the handshake's end on.</param>
/// <param name="Records">Total record lengths.</param>
public sealed record LearntWrite(int AfterMilliseconds, IReadOnlyList<int> Records);
