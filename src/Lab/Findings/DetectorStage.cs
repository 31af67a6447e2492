using System.Text.Json;
using Karez.Lab.Known;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;
using Karez.Lab.Statistics;

namespace Karez.Lab.Findings;

/// <summary>Detectors over the captures: evidence, matrix, controls, twins, and what is known of karez.</summary>
internal sealed class DetectorStage : IRunStage
{
    private const string Karez = "karez";

    /// <inheritdoc/>
    public string Name => "detectors";

    /// <inheritdoc/>
    public async Task RunAsync(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken)
    {
        var traffic = TrafficReader.Read(run, progress, cancellationToken);
        run.Traffic = traffic;
        var report = run.Report;
        report.Detectors = [.. traffic.Detectors.Select(DetectorNote.Of)];
        report.Matrix = Matrix.Of(traffic);
        report.Controls = ControlResult.Of(run.Scenario.Tools, report.Matrix);
        report.Twins = TwinResult.Of(report.Matrix);
        report.Differences = [.. Compare(traffic)];
        Check(run);
        await File.WriteAllBytesAsync(
            Path.Combine(run.Folder, EvidenceEntry.FileName),
            JsonSerializer.SerializeToUtf8Bytes(
                EvidenceEntry.Of(traffic), LabJson.Default.IReadOnlyListEvidenceEntry),
            cancellationToken);
    }

    /// <summary>Each tool's flows against the browser's: generic, and blind to what the tool is.</summary>
    private static IEnumerable<GroupDifference> Compare(RunTraffic traffic)
    {
        var browser = Features(traffic, RunTraffic.Browser);
        foreach (var group in traffic.Groups.Where(group => group is not (RunTraffic.Browser or RunTraffic.Fetch)))
            yield return new GroupDifference(group, FlowComparison.Of(Features(traffic, group), browser));
    }

    private static List<IReadOnlyDictionary<string, double>> Features(RunTraffic traffic, string group) =>
        [.. traffic.FlowsOf(group).Select(flow => flow.Features).Where(features => features.Count > 0)];

    private static void Check(FinishedRun run)
    {
        var report = run.Report;
        var path = Path.Combine(ScenarioFolder.Path, "..", "known.json");
        if (!File.Exists(path) || report.Matrix.All(row => row.Group != Karez))
            return;
        var known = KnownFile.Read(path);
        var browser = report.Matrix.Where(row => row.Group == RunTraffic.Browser)
            .ToDictionary(row => row.Detector, StringComparer.Ordinal);
        report.KnownList = known.Entries;
        // The list is of one scenario; elsewhere it is shown and fails nothing.
        report.KnownDecides = known.Scenario == run.Scenario.Name;
        report.Known = KnownCheck.Judge(known,
        [
            .. report.Matrix.Where(row => row.Group == Karez && browser.ContainsKey(row.Detector)).Select(row =>
                new DetectorCount(
                    row.Detector, row.FlowsHit, row.Flows, browser[row.Detector].FlowsHit,
                    browser[row.Detector].Flows)),
        ]);
    }
}
