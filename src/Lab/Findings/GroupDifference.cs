using Karez.Lab.Statistics;

namespace Karez.Lab.Findings;

/// <summary>How a tool's flows differ from the browser's, feature by feature.</summary>
/// <param name="Group">The tool.</param>
/// <param name="Comparison">The features, the worst first.</param>
public sealed record GroupDifference(string Group, FlowComparison Comparison);
