using System.Diagnostics;
using System.Text.Json;
using Karez.Beds;
using Karez.Lab.Enforcement;
using Karez.Lab.Probers;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;
using Karez.Lab.Tools;

namespace Karez.Lab.Tests.Running;

/// <summary>A whole run with small numbers.</summary>
public class RunTests
{
    private static readonly string[] s_needed = ["nginx", "dnsmasq", "curl", "ss-server", "ss-local"];

    public RunTests()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        foreach (var program in s_needed)
            Assert.SkipWhen(Programs.Find(program) is null, $"{program} is missing; see eng/peers.txt");
    }

    [Fact]
    public async Task A_run_writes_captures_manifest_and_probes_and_probes_tell_shadowsocks_from_the_site()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"kzlab-{Guid.NewGuid():n}");
        var scenario = new Scenario(
            "test", "A small one.", 2, ["wifi"], [new ScenarioTool("shadowsocks", 1, true)], "hk", 2, 1, 0.3,
            Probers: ["t10", "t11"], Seed: 3, Browser: false);
        try
        {
            var run = await new Runner(new Silent()).RunAsync(scenario, new RunOptions(folder), Token);
            var written = JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(Path.Combine(folder, RunManifest.FileName), Token), LabJson.Default.RunManifest)!;
            Assert.Equal(run.Manifest.Sessions, written.Sessions);
            Assert.Equal(("shadowsocks", 8388), (written.Tools[0].Name, written.Tools[0].Port));
            Assert.Contains(written.Sessions, session => session is { Subscriber: 0, Tunnelled: true, Succeeded: true });
            Assert.Contains(written.Sessions, session => session is { Subscriber: 1, Tunnelled: false, Succeeded: true });
            Assert.All(written.Captures, capture => Assert.True(capture.Packets > 50, $"{capture}"));
            Assert.Equal(0, written.Router.Dropped);
            Assert.Equal(
                [(ChainState.Noticed, true), (ChainState.Suspended, false), (ChainState.Watched, true)],
                written.Line!.Select(step => (step.State, step.Carried)));
            TestContext.Current.SendDiagnosticMessage($"{written.Router}");

            var probes = JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(Path.Combine(folder, ProbeReport.FileName), Token), LabJson.Default.ProbeReport)!;
            Assert.Contains(probes.Findings, found => found is { Technique: "t10", Differs: true });
            Assert.Contains(probes.Findings, found => found is { Technique: "t11", Differs: true });

            var again = await new Runner(new Silent()).RunAsync(
                scenario with { Probers = [], Minutes = 0.2 }, new RunOptions(Path.Combine(folder, "again")), Token);
            Assert.Equal(FirstFlows(run), FirstFlows(again)); // The seed is the same.
            Assert.NotEqual(FirstFlows(run)[0], FirstFlows(run)[1]); // Other people, other draws.
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, true);
        }
    }

    [Fact]
    public async Task A_killed_run_leaves_namespaces_until_the_next_begins_and_no_longer()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"kzlab-{Guid.NewGuid():n}");
        var lab = Path.Combine(AppContext.BaseDirectory, "karez-lab.dll");
        using var process = Process.Start("dotnet", ["exec", lab, "run", "smoke", "--tools", "shadowsocks", "--out", folder]);
        try
        {
            while (!Directory.GetFiles("/run/netns", $"kzbed-{process.Id}-*").Any(name => name.EndsWith("cdn", StringComparison.Ordinal)))
            {
                Assert.False(process.HasExited);
                await Task.Delay(50, Token);
            }

            process.Kill();
            await process.WaitForExitAsync(Token);
            Assert.NotEmpty(Directory.GetFiles("/run/netns", $"kzbed-{process.Id}-*"));
            using var next = new Bed();
            Assert.Empty(Directory.GetFiles("/run/netns", $"kzbed-{process.Id}-*"));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
            if (Directory.Exists(folder))
                Directory.Delete(folder, true);
        }
    }

    [Fact]
    public async Task What_cannot_be_run_is_told_before_a_world_is_built()
    {
        var folder = Directory.CreateTempSubdirectory("kzlab").FullName;
        try
        {
            var scenario = new Scenario("a", "b", 1, ["4g"], []);
            await AssertRefused(scenario with { Tools = [new ScenarioTool("smoke-signals", 1)] }, folder, "no tool is called");
            await AssertRefused(scenario with { Access = ["carrier-pigeon"] }, folder, "carrier-pigeon");
            await AssertRefused(scenario with { ToolDistance = "moon" }, folder, "moon");
            await AssertRefused(scenario with { Censors = [new ScenarioCensor("none", "national")] }, folder, "no censor");
            await File.WriteAllTextAsync(Path.Combine(folder, "a"), "", Token);
            await AssertRefused(scenario, folder, "not empty");
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Of each person the first flows: where they went, what name they showed, and for which page.</summary>
    private static List<string> FirstFlows(FinishedRun run)
    {
        const int Most = 3; // So many there are in 12 seconds on any machine.
        return
        [
            .. run.Traffic!.Flows.Where(flow => flow is { IsQuestion: false, Session: >= 0 })
                .GroupBy(flow => flow.Record.Subscriber).OrderBy(group => group.Key)
                .Select(group => string.Join("; ", group.Take(Most).Select(flow =>
                    $"{flow.Record.Flow.Server}:{flow.Record.Flow.ServerPort} {flow.Record.ServerName} "
                    + run.Manifest.Sessions[flow.Session].What))),
        ];
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task AssertRefused(Scenario scenario, string folder, string part)
    {
        var refused = await Assert.ThrowsAsync<LabException>(
            () => new Runner(new Silent()).RunAsync(scenario, new RunOptions(folder), Token));
        Assert.Contains(part, refused.Message, StringComparison.Ordinal);
    }

    private sealed class Silent : IRunProgress
    {
        public void Begin(string part)
        {
        }

        public void Tell(string state)
        {
        }
    }
}
