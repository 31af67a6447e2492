using System.Globalization;
using Karez.Lab.Known;

namespace Karez.Lab.Reports;

/// <summary>Why a run fails; pure.</summary>
internal static class Failures
{
    public static IEnumerable<string> Of(RunReport report)
    {
        foreach (var control in report.Controls.Where(control => !control.Passed))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{control.Detector} caught {control.UsersHit} of {control.Users} users of {control.Tool}; "
                + $"{control.Wanted:P0} was written beforehand: the bed is blind");
        }

        foreach (var step in report.Line.Where(step => step.Open != step.Carried))
        {
            yield return step.Open
                ? $"a line that was open carried nothing ({step.State})"
                : $"a line that was cut carried a question ({step.State})";
        }

        foreach (var twin in report.Twins.Where(twin => twin.Fails))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{twin.Detector} flags {twin.Hit} of {twin.N} flows without a tool (95 %: {twin.Low:P2} to "
                + $"{twin.High:P2}); published is {twin.Published:P2}");
        }

        foreach (var learner in report.Learners.Where(learner => learner.Leaks))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"a learner tells people without a tool from one another ({learner.Features}, by {learner.Split}: "
                + $"{learner.AucLow:F2} to {learner.AucHigh:F2}): the split leaks");
        }

        foreach (var found in report.Known.Where(found => report.KnownDecides && found.Fails))
        {
            yield return found.Kind == KnownKind.New
                ? $"{found.Detector} flags karez and is not in lab/known.json: {found.What}"
                : $"{found.Detector} is in lab/known.json and does not flag karez any more: {found.What}";
        }
    }
}
