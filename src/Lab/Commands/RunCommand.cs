using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Karez.Lab.Reports;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;

namespace Karez.Lab.Commands;

/// <summary><c>karez-lab run SCENARIO</c>.</summary>
internal static class RunCommand
{
    private const StringSplitOptions Splitting =
        StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    public static Command Build()
    {
        var scenario = new Argument<string>("SCENARIO") { Description = "Its name, or a file" };
        var seed = new Option<int?>("--seed") { Description = "Instead of the scenario's" };
        var tools = new Option<string?>("--tools") { Description = "Only these, as karez,openvpn" };
        var subscribers = new Option<int?>("--subscribers") { Description = "How many people" };
        var days = new Option<int?>("--days") { Description = "Simulated days" };
        var minutes = new Option<double?>("--minutes") { Description = "Minutes of traffic that are really sent" };
        var folder = new Option<string?>("--out") { Description = "The run's folder; lab-runs/NAME-TIME if left out" };
        var toolFile = new Option<string?>("--tool-file") { Description = "A JSON list of further tools" };
        var real = RealOption();
        var command = new Command("run", "Builds a world, lets people live in it, and reports.")
        {
            scenario, seed, tools, subscribers, days, minutes, folder, toolFile, real,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(scenario);
            var options = new RunOptions(
                parsed.GetValue(folder) ?? DefaultFolder(name),
                parsed.GetValue(seed),
                parsed.GetValue(tools)?.Split(',', Splitting),
                parsed.GetValue(subscribers),
                parsed.GetValue(days),
                parsed.GetValue(minutes),
                parsed.GetValue(toolFile),
                parsed.GetValue(real));
            var invocation = parsed.InvocationConfiguration;
            return RunAsync(ScenarioFolder.Find(name), options, invocation.Output, invocation.Error, cancellationToken);
        });
        return command;
    }

    /// <summary>For those who run and those who look again.</summary>
    internal static Option<string?> RealOption() => new("--real")
    {
        Description = "A capture of a real browser of your own, which the synthetic ones are held beside",
        HelpName = "CAPTURE",
    };

    private static async Task<int> RunAsync(
        Scenario scenario, RunOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The world is torn down before the process ends.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var progress = new TerminalProgress(error, ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected);
        try
        {
            var run = await progress.ShowAsync(() => new Runner(progress).RunAsync(scenario, options, stop.Token));
            var router = run.Manifest.Router;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Folder}: {run.Manifest.Sessions.Count} sessions, {router.Packets} packets, router late by " +
                $"{router.P99ErrorMs:0.00} ms (99 %), {router.Dropped} dropped"));
            if (!router.Valid)
                output.WriteLine("invalid: the router was over 2 ms late; timing figures of this run mean nothing");
            return ReportText.Write(run.Report, output);
        }
        catch (OperationCanceledException)
        {
            throw new LabException("stopped; the world is torn down", "what was captured so far lies in the folder");
        }
    }

    private static string DefaultFolder(string scenario)
    {
        var time = DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        return Path.Combine("lab-runs", $"{Path.GetFileNameWithoutExtension(scenario)}-{time}");
    }
}
