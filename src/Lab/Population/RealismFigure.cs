namespace Karez.Lab.Population;

/// <summary>A figure of the synthetic web beside the published one.</summary>
/// <param name="Name">Which.</param>
/// <param name="N">Pages here.</param>
/// <param name="Quantiles">Published quantiles and ours.</param>
/// <param name="Distance">The distance of Kolmogorov and Smirnov from the published distribution.</param>
/// <param name="P">Its chance, were they the same.</param>
public sealed record RealismFigure(
    string Name, int N, IReadOnlyList<RealismQuantile> Quantiles, double Distance, double P);
