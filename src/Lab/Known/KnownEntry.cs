namespace Karez.Lab.Known;

/// <summary>A detector that catches karez today.</summary>
/// <param name="Detector">Its name.</param>
/// <param name="Rate">The share of karez's units that it flagged, over all runs from which this was written.</param>
/// <param name="N">Of how many.</param>
/// <param name="Runs">In how many runs.</param>
/// <param name="Least">The least share in one of them: what is gone lies below it.</param>
/// <param name="Why">Why it does.</param>
/// <param name="Change">What would change it.</param>
public sealed record KnownEntry(
    string Detector, double Rate, int N, int Runs, double Least, string Why, string Change);
