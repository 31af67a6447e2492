using System.Globalization;
using Karez.Lab.Statistics;

namespace Karez.Lab.Known;

/// <summary>Compares what a run found with what is known; pure.</summary>
public static class KnownCheck
{
    /// <summary>
    /// Judges each detector by whether it flags karez above its rate on the browser: the 95 % intervals of the two
    /// rates lie apart. Not listed and apart is <see cref="KnownKind.New"/>. Listed and not apart is
    /// <see cref="KnownKind.Gone"/>, when the run has enough units that the least listed rate would have been seen.
    /// </summary>
    public static IReadOnlyList<KnownFinding> Judge(KnownFile known, IReadOnlyList<DetectorCount> counts)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(counts);
        var findings = new List<KnownFinding>();
        foreach (var count in counts)
        {
            var entry = known.Entries.FirstOrDefault(each => each.Detector == count.Detector);
            var karez = Binomial.Interval(count.Karez, count.KarezOf);
            var browser = Binomial.Interval(count.Browser, count.BrowserOf);
            var above = karez.Low > browser.High;
            var figures = $"karez {Rate(count.Karez, count.KarezOf, karez)}, "
                + $"browser {Rate(count.Browser, count.BrowserOf, browser)}";
            if (entry is null)
            {
                if (above)
                    findings.Add(new KnownFinding(count.Detector, KnownKind.New, figures));
            }
            else
            {
                var gone = karez.High < entry.Least || karez.High <= browser.Low;
                var kind = above ? KnownKind.AsListed : gone ? KnownKind.Gone : KnownKind.Undecided;
                findings.Add(new KnownFinding(count.Detector, kind, figures));
            }
        }

        foreach (var entry in known.Entries.Where(each => counts.All(count => count.Detector != each.Detector)))
            findings.Add(new KnownFinding(entry.Detector, KnownKind.Undecided, "it did not run"));
        return findings;
    }

    private static string Rate(int hits, int of, (double Low, double High) interval) => string.Create(
        CultureInfo.InvariantCulture,
        $"{hits} of {of} ({interval.Low * 100:F1} to {interval.High * 100:F1} %)");
}
