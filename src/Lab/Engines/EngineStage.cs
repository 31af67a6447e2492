using Karez.Lab.Findings;
using Karez.Lab.Running;

namespace Karez.Lab.Engines;

/// <summary>The engines that nobody here wrote, over the same captures.</summary>
internal sealed class EngineStage : IRunStage
{
    private const string Dns = ":53";

    /// <inheritdoc/>
    public string Name => "engines";

    /// <inheritdoc/>
    public async Task RunAsync(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken)
    {
        var traffic = run.Traffic ?? throw new InvalidOperationException("The detectors come first.");
        var (findings, notDone) = (new List<EngineFinding>(), run.Report.NotDone);
        foreach (var ndpi in Newer().Select(program => new NdpiEngine(program)))
        {
            if (ndpi.WhyNot is { } reason)
                notDone.Add(reason);
            else
                findings.AddRange(await RunAsync(run, traffic, ndpi.RunAsync, progress, cancellationToken));
        }

        var suricata = SuricataEngine.Find();
        if (suricata.WhyNot is { } missing)
            notDone.Add(missing);
        else
            findings.AddRange(await RunAsync(run, traffic, suricata.RunAsync, progress, cancellationToken));
        run.Report.Engines = findings;
    }

    /// <summary>Debian's, and a newer one where NDPI_READER names it.</summary>
    private static IEnumerable<string> Newer() =>
        Environment.GetEnvironmentVariable("NDPI_READER") is { Length: > 0 } path
            ? ["ndpiReader", path]
            : ["ndpiReader"];

    private static bool IsQuestion(EngineAlert alert) =>
        alert.Flow.Split(' ').Any(end => end.EndsWith(Dns, StringComparison.Ordinal));

    private static async Task<IEnumerable<EngineFinding>> RunAsync(
        FinishedRun run, RunTraffic traffic, Func<string, CancellationToken, Task<EngineResult>> look,
        IRunProgress progress, CancellationToken cancellationToken)
    {
        var groups = new Dictionary<string, EngineResult>(StringComparer.Ordinal);
        foreach (var capture in run.Manifest.Captures.Where(capture => capture.Packets > 0))
        {
            var group = traffic.GroupOf(capture.Subscriber);
            if (group == RunTraffic.Fetch)
                continue;
            progress.Tell(capture.File);
            var looked = await look(Path.Combine(run.Folder, capture.File), cancellationToken);
            // Questions to the resolver are most of a browser's flows, and none of a tunnel's.
            var found = looked with
            {
                Flows = traffic.FlowsOf(group).Count(flow => flow.Record.Subscriber == capture.Subscriber),
                Alerts = [.. looked.Alerts.Where(alert => !IsQuestion(alert))],
            };
            groups[group] = groups.TryGetValue(group, out var sum)
                ? sum with { Flows = sum.Flows + found.Flows, Alerts = [.. sum.Alerts, .. found.Alerts] }
                : found;
        }

        return groups.TryGetValue(RunTraffic.Browser, out var browser)
            ? groups.Where(group => group.Key != RunTraffic.Browser).Select(group => new EngineFinding(
                browser.Engine, browser.Note, group.Key, EngineScore.Beyond(group.Value, browser)))
            : [];
    }
}
