using Karez.Lab.Engines;
using Karez.Lab.Tests.Detectors;

namespace Karez.Lab.Tests.Engines;

/// <summary>Engines that no one here wrote, over the captures of this suite.</summary>
public class EngineTests
{
    [Fact]
    public async Task Ndpi_names_the_controls_and_is_scored_beyond_the_browser()
    {
        var engine = new NdpiEngine();
        Assert.SkipWhen(engine.WhyNot is not null, engine.WhyNot ?? "");
        var stop = TestContext.Current.CancellationToken;
        var browser = await engine.RunAsync(Bench.Capture("chromium"), stop);
        Assert.StartsWith("ndpiReader ", browser.Engine, StringComparison.Ordinal);
        Assert.True(browser.Flows > 0);
        foreach (var (capture, name) in ((string, string)[])[("wireguard", "WireGuard"), ("openvpn-udp", "OpenVPN")])
        {
            var tool = await engine.RunAsync(Bench.Capture(capture), stop);
            var scores = EngineScore.Beyond(tool, browser);
            Assert.Contains(scores, score => score.Alert.Contains(name, StringComparison.Ordinal));
        }

        Assert.Empty(EngineScore.Beyond(browser, browser));
    }

    [Fact]
    public void What_ndpi_prints_is_read()
    {
        const string Printed = "\t* (C) 2011-22 ntop.org\nUsing nDPI (4.2.0) [1 thread(s)]\n"
            + "\t1\tTCP 10.0.0.1:5 <-> 10.0.0.2:443 [proto: 91/TLS][Encrypted]"
            + "[Risk: ** TLS Suspicious Extension **** Unsafe Protocol **][Risk Score: 110]\n"
            + "\t2\tUDP 10.0.0.1:5 -> 10.0.0.2:1194 [proto: 159/OpenVPN][Encrypted]\n";
        var result = NdpiEngine.Parse(Printed);
        Assert.Equal(("ndpiReader 4.2.0", 2), (result.Engine, result.Flows));
        Assert.Equal(
            ["TLS Suspicious Extension", "Unsafe Protocol", "protocol OpenVPN"], result.Alerts.Select(a => a.Alert));
        Assert.Contains("2022", result.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suricata_runs_over_a_capture_with_the_rules_that_it_ships()
    {
        var engine = SuricataEngine.Find();
        Assert.SkipWhen(engine.WhyNot is not null, engine.WhyNot ?? "");
        var stop = TestContext.Current.CancellationToken;
        var browser = await engine.RunAsync(Bench.Capture("chromium"), stop);
        Assert.Contains("Suricata version 7", browser.Engine, StringComparison.Ordinal);
        Assert.True(browser.Flows > 0);
        var tool = await engine.RunAsync(Bench.Capture("shadowsocks"), stop);
        Assert.True(tool.Flows > 0);
        // These captures were made with offloads on, so checksums are left to a card that is none: its rules see that.
        Assert.Contains(tool.Alerts, alert => alert.Alert == "SURICATA TCPv4 invalid checksum");
    }

    [Fact]
    public void What_suricata_logs_is_read()
    {
        var result = SuricataEngine.Parse("Suricata 7.0.10",
        [
            """{"event_type":"flow","proto":"TCP","src_ip":"10.0.0.1","src_port":5,"dest_ip":"10.0.0.2","dest_port":443}""",
            """{"event_type":"alert","proto":"TCP","src_ip":"10.0.0.2","src_port":443,"dest_ip":"10.0.0.1","dest_port":5,"alert":{"signature":"SURICATA TLS invalid record"}}""",
        ]);
        Assert.Equal(1, result.Flows);
        Assert.Equal(new EngineAlert("tcp 10.0.0.1:5 10.0.0.2:443", "SURICATA TLS invalid record"), Assert.Single(result.Alerts));
    }

    [Fact]
    public void Only_what_the_browser_does_not_draw_counts()
    {
        EngineResult Result(int flows, params (string Alert, int Count)[] alerts) => new("e", "n", flows,
            [.. alerts.SelectMany(a => Enumerable.Range(0, a.Count).Select(i => new EngineAlert($"f{i}", a.Alert)))]);
        var scores = EngineScore.Beyond(Result(40, ("common", 40), ("own", 30), ("rare", 1)), Result(60, ("common", 60)));
        Assert.Equal([("own", true), ("rare", false)], scores.Select(score => (score.Alert, score.Apart)));
    }
}
