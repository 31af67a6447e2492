using System.Text.Json.Serialization;

namespace Karez.EndToEnd.Report;

/// <summary>What results.json holds.</summary>
internal sealed record Results(
    DateTimeOffset Began,
    string Machine,
    string Kernel,
    string Commit,
    string CongestionControl,
    int Rounds,
    IReadOnlyList<ToolResults> Tools,
    IReadOnlyList<string> Absent);

/// <summary>One tool's part.</summary>
internal sealed record ToolResults(
    string Name,
    string Version,
    IReadOnlyList<string> Commands,
    IReadOnlyDictionary<string, Sample> Figures,
    IReadOnlyList<string> Troubles);

/// <summary>The rounds of one figure of one tool.</summary>
/// <param name="Values">By round; a round that was refused or failed is null.</param>
/// <param name="RatioToKarez">Median of this tool's value over karez's of the same round.</param>
/// <param name="RatioLow">Lower end of its interval.</param>
/// <param name="RatioHigh">Upper end.</param>
internal sealed record Sample(
    IReadOnlyList<double?> Values, double? RatioToKarez, double? RatioLow, double? RatioHigh)
{
    [JsonIgnore]
    public IReadOnlyList<double> Known => [.. Values.OfType<double>().Order()];

    public double? Median => Statistics.Median(Known);

    public double? Least => Known.Count > 0 ? Known[0] : null;

    public double? Most => Known.Count > 0 ? Known[^1] : null;
}
