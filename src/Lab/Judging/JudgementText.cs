using System.Globalization;

namespace Karez.Lab.Judging;

/// <summary>A judgement for people.</summary>
public static class JudgementText
{
    private const int MostFeatures = 5;

    /// <summary>Writes it.</summary>
    public static void Write(Judgement judgement, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(judgement);
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Clean(judgement.Capture)}: {judgement.Flows} flows, {judgement.Flagged.Count} with evidence"));
        foreach (var flow in judgement.Flagged)
        {
            output.WriteLine();
            var name = flow.ServerName is { } shown ? $" ({Clean(shown)})" : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"flow {flow.Number}, {flow.Server}{name}, after {flow.Seconds:F3} s"));
            foreach (var found in flow.Evidence)
            {
                output.WriteLine($"  {found.Technique} {found.Detector}: {Clean(found.What)}");
                output.WriteLine($"      constants {found.Tag} ({found.Source}); hits also: {found.FalsePositives}");
                output.WriteLine($"      fix: {found.Fix}");
            }
        }

        if (judgement.Comparison is { } comparison)
        {
            output.WriteLine();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"against the site's {comparison.Second} flows ({comparison.First} here), "
                + $"corrected for {comparison.Differences.Count} features:"));
            if (comparison.Worst is null)
                output.WriteLine("  too few flows to compare");
            foreach (var feature in comparison.Worst is null ? [] : comparison.Differences.Take(MostFeatures))
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {feature.Feature,-18} effect {feature.Effect,6:F2}  distance {feature.Distance:F2}"
                    + $"  p {feature.P:G2}"));
            }
        }

        output.WriteLine();
        foreach (var note in judgement.Notes)
            output.WriteLine($"note: {note}");
    }

    // Names come from the capture: nothing in them may drive a terminal.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
