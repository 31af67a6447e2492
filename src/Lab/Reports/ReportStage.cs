using System.Text.Json;
using Karez.Lab.Probers;
using Karez.Lab.Running;

namespace Karez.Lab.Reports;

/// <summary>Judges the run as a whole, and writes the report.</summary>
internal sealed class ReportStage : IRunStage
{
    /// <inheritdoc/>
    public string Name => "report";

    /// <inheritdoc/>
    public async Task RunAsync(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken)
    {
        var report = run.Report;
        var probes = Path.Combine(run.Folder, ProbeReport.FileName);
        if (File.Exists(probes))
        {
            report.Probes = JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(probes, cancellationToken), LabJson.Default.ProbeReport);
        }

        report.Failures = [.. Failures.Of(report)];
        await File.WriteAllBytesAsync(
            Path.Combine(run.Folder, RunReport.FileName),
            JsonSerializer.SerializeToUtf8Bytes(report, LabJson.Default.RunReport),
            cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(run.Folder, "report.html"), ReportHtml.Of(report, run.Folder), cancellationToken);
    }
}
