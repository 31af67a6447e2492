namespace Karez.Camouflage.Reality;

/// <summary>Records that a target sent at one moment while it waited for a visitor.</summary>
/// <param name="After">When; counted as <see cref="TargetPatience.Early"/> says.</param>
/// <param name="Records">Total record lengths, header included.</param>
public sealed record PatientWrite(TimeSpan After, IReadOnlyList<int> Records);
