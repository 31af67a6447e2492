namespace Karez.Lab.Known;

/// <summary>What a detector flagged in a run.</summary>
/// <param name="Detector">Its name.</param>
/// <param name="Karez">Units of karez that it flagged.</param>
/// <param name="KarezOf">Of how many.</param>
/// <param name="Browser">Units of the browser that it flagged.</param>
/// <param name="BrowserOf">Of how many.</param>
public sealed record DetectorCount(string Detector, int Karez, int KarezOf, int Browser, int BrowserOf);
