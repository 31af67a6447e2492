using System.Diagnostics;
using System.Globalization;
using Karez.Beds;
using Karez.Lab.Reports;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;
using Karez.Lab.Tools;

namespace Karez.Lab.Tests.Running;

/// <summary>
/// The scenario smoke, whole, against lab/known.json: it fails when something new catches karez, when something on the
/// list does not any more, when a control is missed, and when innocents are flagged above a published rate.
/// </summary>
public class SmokeTests
{
    private static readonly string[] s_needed =
        ["nginx", "dnsmasq", "curl", "chromium", "openvpn", "ss-server", "ss-local", "ndpiReader", "nft"];

    public SmokeTests()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        foreach (var program in s_needed)
            Assert.SkipWhen(Programs.Find(program) is null, $"{program} is missing; see eng/peers.txt");
    }

    [Fact]
    public async Task Smoke_holds_against_what_is_known_within_four_minutes()
    {
        var karez = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Cli/release/karez"));
        Assert.True(File.Exists(karez), $"{karez} is not built");
        var folder = Path.Combine(Path.GetTempPath(), $"kzlab-{Guid.NewGuid():n}");
        var before = Environment.GetEnvironmentVariable("KAREZ");
        Environment.SetEnvironmentVariable("KAREZ", karez);
        var began = Stopwatch.GetTimestamp();
        try
        {
            var run = await new Runner(new Told()).RunAsync(
                ScenarioFolder.Find("smoke"), new RunOptions(folder), TestContext.Current.CancellationToken);
            var took = Stopwatch.GetElapsedTime(began);
            using var said = new StringWriter(CultureInfo.InvariantCulture);
            ReportText.Write(run.Report, said);
            TestContext.Current.SendDiagnosticMessage($"{took.TotalSeconds:F0} s, {run.Report.Router}\n{said}");
            Assert.True(File.Exists(Path.Combine(folder, "report.html")));
            Assert.True(run.Report.KnownDecides);
            Assert.Equal(3, run.Report.Days.Count(days => days.Group == "karez"));
            Assert.Equal(
                File.ReadAllText(Path.Combine(folder, RunReport.FileName)), await AgainAsync(folder));
            Assert.True(run.Report.Failures.Count == 0, said.ToString());
            Assert.SkipWhen(
                took > TimeSpan.FromMinutes(4) && Running() > 2,
                $"it took {took.TotalSeconds:F0} s, and other programs run here");
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromMinutes(4));
        }
        finally
        {
            Environment.SetEnvironmentVariable("KAREZ", before);
            if (Directory.Exists(folder))
                Directory.Delete(folder, true);
        }
    }

    /// <summary>The same captures give the same report.</summary>
    private static async Task<string> AgainAsync(string folder)
    {
        await RunStages.RunAsync(FinishedRun.Open(folder), new Told(), TestContext.Current.CancellationToken);
        return File.ReadAllText(Path.Combine(folder, RunReport.FileName));
    }

    /// <summary>How many threads run or could (proc(5), loadavg).</summary>
    private static int Running() => int.Parse(
        File.ReadAllText("/proc/loadavg").Split(' ')[3].Split('/')[0], CultureInfo.InvariantCulture);

    private sealed class Told : IRunProgress
    {
        private readonly long _began = Stopwatch.GetTimestamp();

        public void Begin(string part) => TestContext.Current.SendDiagnosticMessage(
            $"{Stopwatch.GetElapsedTime(_began).TotalSeconds:F0} s: {part}");

        public void Tell(string state)
        {
        }
    }
}
