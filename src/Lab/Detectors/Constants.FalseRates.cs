using static Karez.Lab.Detectors.ConstantTag;

namespace Karez.Lab.Detectors;

public static partial class Constants
{
    /// <summary>
    /// Rates of false alarms a flow that the sources name themselves. A detector that is not here has none published.
    /// </summary>
    public static IReadOnlyDictionary<string, Constant<double>> FalseRates { get; } =
        new Dictionary<string, Constant<double>>(StringComparer.Ordinal)
        {
            ["t09-fet"] = new(0.006, FromMemory, Fet),
            ["t13-wireguard"] = new(0, Published, "OpenGFW, nDPI: fixed headers"),
            ["t15-tree"] = new(0.01, Published, OpenGfw),
            ["t17-mux"] = new(0.03, Published, "by its definition, the 97th percentile"),
        };
}
