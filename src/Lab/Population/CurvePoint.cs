namespace Karez.Lab.Population;

/// <summary>A point of a Kaplan-Meier curve.</summary>
/// <param name="Days">When.</param>
/// <param name="Unflagged">The share of people who are not flagged by then.</param>
/// <param name="Low">The 95 % interval's lower end.</param>
/// <param name="High">Its upper end.</param>
public sealed record CurvePoint(double Days, double Unflagged, double Low, double High);
