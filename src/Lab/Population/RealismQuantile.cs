namespace Karez.Lab.Population;

/// <summary>A quantile.</summary>
/// <param name="Share">Which: 0.1 to 0.9.</param>
/// <param name="Published">As the HTTP Archive has it.</param>
/// <param name="Here">In this run.</param>
public sealed record RealismQuantile(double Share, double Published, double Here);
