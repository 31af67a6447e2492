using System.Globalization;
using Karez.Lab.Known;

namespace Karez.Lab.Reports;

/// <summary>A report for a terminal: what catches karez first, then the matrix, then why the run fails.</summary>
internal static class ReportText
{
    /// <summary>Writes it.</summary>
    /// <returns>How the process ends.</returns>
    public static int Write(RunReport report, TextWriter output)
    {
        foreach (var known in report.Known.Where(known => known.Kind != KnownKind.Undecided))
            output.WriteLine($"{Say(known.Kind)} {known.Detector}: {known.What}");
        foreach (var row in report.Matrix.Where(row => row.FlowsHit > 0 || row.UsersHit > 0))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Group,-12} {row.Detector,-20} {row.FlowsHit,6} of {row.Flows,6} flows"
                + $" {row.SessionsHit,5} of {row.Sessions,5} sessions {row.UsersHit,4} of {row.Users,3} people"));
        }

        foreach (var days in report.Days.Where(days => days.Captures == "all"))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{days.Group,-12} flagged in 1, 7, 30 days: {days.Chain.Day1:P0}, {days.Chain.Day7:P0}, "
                + $"{days.Chain.Day30:P0} of {days.People}; {days.OfflineDaysAYear:F0} days a year without a line"));
        }

        foreach (var failure in report.Failures)
            output.WriteLine($"fails: {failure}");
        return report.Failures.Count == 0 ? LabCommand.Done : LabCommand.Failed;
    }

    private static string Say(KnownKind kind) => kind switch
    {
        KnownKind.AsListed => "known: ",
        KnownKind.New => "new:   ",
        _ => "gone:  ",
    };
}
