namespace Karez.Lab.Statistics;

/// <summary>How one feature differs between two sets of flows.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Effect">Cliff's delta, -1 to 1.</param>
/// <param name="Distance">The largest distance of the distributions, 0 to 1.</param>
/// <param name="P">The smaller of two tests' chances, doubled, and corrected for the number of features.</param>
public sealed record FeatureDifference(string Feature, double Effect, double Distance, double P);
