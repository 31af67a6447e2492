namespace Karez.Lab.Learners;

/// <summary>A point of a learner's curve.</summary>
/// <param name="FalseRate">The share of innocents flagged.</param>
/// <param name="TrueRate">The share of the group flagged.</param>
public sealed record CurveSpot(double FalseRate, double TrueRate);
