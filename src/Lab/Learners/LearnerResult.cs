using Karez.Lab.Findings;

namespace Karez.Lab.Learners;

/// <summary>How well a learner told a group's flows from the browser's.</summary>
/// <param name="Group">The group.</param>
/// <param name="Features">What it was given: <c>flow</c> or <c>first packets</c>.</param>
/// <param name="Split">How flows for learning and testing were kept apart: by client, site or time.</param>
/// <param name="Positives">Flows of the group that it was tested on.</param>
/// <param name="Negatives">Flows of browsers that it was tested on.</param>
/// <param name="Auc">The area under its curve; 0.5 is guessing.</param>
/// <param name="AucLow">
/// The 95 % interval's lower end, by a bootstrap over subscribers; of the browser against itself by dealing people
/// without a tool into two groups again and again.
/// </param>
/// <param name="AucHigh">Its upper end.</param>
/// <param name="AtOne">The share caught where 1 % of innocents are flagged.</param>
/// <param name="AtTenth">Where 0.1 % are.</param>
/// <param name="AtHundredth">Where 0.01 % are.</param>
/// <param name="Curve">The curve.</param>
public sealed record LearnerResult(
    string Group,
    string Features,
    string Split,
    int Positives,
    int Negatives,
    double Auc,
    double AucLow,
    double AucHigh,
    CaughtAt AtOne,
    CaughtAt AtTenth,
    CaughtAt AtHundredth,
    IReadOnlyList<CurveSpot> Curve)
{
    /// <summary>Whether it told people apart who do the same: then flows of one kind are in both halves.</summary>
    public bool Leaks => Group == RunTraffic.Browser && (AucLow > 0.5 || AucHigh < 0.5);
}
