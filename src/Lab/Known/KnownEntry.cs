namespace Karez.Lab.Known;

/// <summary>A detector that catches karez today.</summary>
/// <param name="Detector">Its name.</param>
/// <param name="Rate">The share of karez's units that it flagged, when this was written.</param>
/// <param name="N">Of how many.</param>
/// <param name="Why">Why it does.</param>
/// <param name="Change">What would change it.</param>
public sealed record KnownEntry(string Detector, double Rate, int N, string Why, string Change);
