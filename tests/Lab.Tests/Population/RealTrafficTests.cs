using Karez.Lab.Detectors;
using Karez.Lab.Findings;
using Karez.Lab.Judging;
using Karez.Lab.Population;
using Karez.Lab.Running;
using Karez.Lab.Statistics;
using Karez.Lab.Tests.Detectors;

namespace Karez.Lab.Tests.Population;

/// <summary>The run's browsers beside a real capture.</summary>
public class RealTrafficTests
{
    [Fact]
    public void A_browser_is_like_itself_and_unlike_another_program()
    {
        var same = Beside("chromium", "chromium");
        Assert.Equal("chromium.pcap", same.Capture);
        Assert.True(same.Comparison.First > 0);
        Assert.Equal(same.Comparison.First, same.Comparison.Second);
        Assert.All(same.Comparison.Differences, difference => Assert.Equal(0, difference.Distance));
        Assert.Contains(same.Comparison.Differences, difference => difference.Feature == "octets down");

        var other = Beside("chromium", "trojan");
        Assert.Contains(other.Comparison.Differences, difference => difference.Distance > 0.5);
    }

    [Theory]
    [InlineData("run", "smoke", "--out", "/tmp/never")]
    [InlineData("report", "/tmp/never")]
    public async Task Standard_input_and_several_peoples_captures_are_refused(params string[] command)
    {
        var (code, _, error) = await LabCommandTests.RunAsync([.. command, "--real", "-"]);
        Assert.NotEqual(LabCommand.Done, code);
        Assert.Contains("standard input is not judged", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/tmp/never"));
    }

    private static RealTraffic Beside(string run, string real)
    {
        var flows = new List<IReadOnlyDictionary<string, double>>();
        var watch = new Watch([], new Surroundings()) { OnEnd = flow => flows.Add(FeatureSet.Of(flow)) };
        foreach (var packet in Bench.Read(run))
            watch.Feed(packet, 0);
        watch.Finish();
        var manifest = new RunManifest(
            RunManifest.CurrentVersion, "test", 1, DateTimeOffset.UnixEpoch, 1,
            [new SubscriberEntry("one", "10.77.0.1", "192.0.2.1", 1, 2, "wifi")], [], [], [],
            [new SessionEntry(0, "page", "a page", 0, 1, Tunnelled: false, Succeeded: true)], [], new RouterEntry(0, 0, 0, 0, 0, true));
        return RealTraffic.Of(
            CaptureFile.At(Bench.Capture(real)),
            new RunTraffic(manifest, [], [.. watch.Records.Select((record, i) => new SeenFlow
            {
                Record = record, Tool = null, Session = 0, Features = flows[i], Trace = [],
            })]));
    }
}
