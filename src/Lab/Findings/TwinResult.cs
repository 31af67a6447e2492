using Karez.Lab.Detectors;
using Karez.Lab.Statistics;

namespace Karez.Lab.Findings;

/// <summary>What a detector flags of those who use no tool, beside its published rate of false alarms.</summary>
/// <param name="Detector">Its name.</param>
/// <param name="Hit">Flows of browsers without a tool that it flagged.</param>
/// <param name="N">Of how many.</param>
/// <param name="Low">The 95 % interval's lower end (Clopper and Pearson, as if flows were independent).</param>
/// <param name="High">Its upper end.</param>
/// <param name="Published">The published rate; null where the source names none, and nothing is required.</param>
public sealed record TwinResult(string Detector, int Hit, int N, double Low, double High, double? Published = null)
{
    /// <summary>Whether the interval lies wholly above the published rate: then the bed or the rule is wrong.</summary>
    public bool Fails => Published is { } rate && Low > rate;

    /// <summary>Checks every detector.</summary>
    public static IReadOnlyList<TwinResult> Of(IReadOnlyList<MatrixRow> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return
        [
            .. matrix.Where(row => row.Group == RunTraffic.Browser).Select(row =>
            {
                var (low, high) = Binomial.Interval(row.FlowsHit, row.Flows);
                double? published = Constants.FalseRates.TryGetValue(row.Detector, out var rate) ? rate.Value : null;
                return new TwinResult(row.Detector, row.FlowsHit, row.Flows, low, high, published);
            }),
        ];
    }
}
