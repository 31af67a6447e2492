namespace Karez.Lab.Learners;

/// <summary>What is caught at a rate of false alarms.</summary>
/// <param name="Resolvable">False when there were too few innocents to see such a rate: then nothing is said.</param>
/// <param name="Share">The share caught.</param>
/// <param name="Low">The 95 % interval's lower end.</param>
/// <param name="High">Its upper end.</param>
public sealed record CaughtAt(bool Resolvable, double Share, double Low, double High);
