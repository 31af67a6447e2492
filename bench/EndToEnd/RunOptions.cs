using Karez.EndToEnd.Tools;

namespace Karez.EndToEnd;

/// <summary>What a run is asked to do.</summary>
/// <param name="Tools">What to measure, in order.</param>
/// <param name="Quick">Fewer figures, at most eight minutes.</param>
/// <param name="Figures">Beginnings of the names of the figures to take; none: all.</param>
/// <param name="Rounds">How often each figure is taken.</param>
/// <param name="MostForeign">A round in which others took a larger share of the machine is refused, 0 to 1.</param>
/// <param name="Out">The folder for results.json, results.md and the pictures.</param>
internal sealed record RunOptions(
    IReadOnlyList<ITool> Tools, bool Quick, IReadOnlyList<string> Figures, int Rounds, double MostForeign, string Out)
{
    /// <summary>Whether a figure is asked for.</summary>
    public bool Wants(string key) =>
        Figures.Count == 0 || Figures.Any(start => key.StartsWith(start, StringComparison.Ordinal));
}
