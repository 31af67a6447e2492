using Karez.Observe;

namespace Karez.Lab.Detectors;

/// <summary>T18: the hello's fingerprint is of no browser of the day.</summary>
internal sealed class RareHello : IDetector
{
    public DetectorInfo Info { get; } = new(
        "t18-ja4", "T18",
        "a TLS hello whose JA4 is of no current browser",
        "the hello of a browser of the day, kept up to date",
        "old devices, apps with libraries of their own: a factor, no verdict",
        [Constants.BrowserJa4]);

    public void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
        if (sighting.Step.Records.Count == 0 || !sighting.IsUp || sighting.Flow.Tls?.Hello is not { } hello)
            return;
        var print = Ja4.Of(hello);
        if (!sighting.Around.BrowserJa4.Contains(print))
            evidence.Add(sighting.Tell(Info, $"JA4 {print} is of no browser of the day"));
    }
}
