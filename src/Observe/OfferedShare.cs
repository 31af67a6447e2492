namespace Karez.Observe;

/// <summary>One key share of a hello.</summary>
/// <param name="Group">The group's number in the registry.</param>
/// <param name="Key">The public share.</param>
public readonly record struct OfferedShare(ushort Group, ReadOnlyMemory<byte> Key);
