using System.Diagnostics;
using System.Text.Json;
using Karez.Lab.Running;
using Karez.Lab.Tests.Detectors;
using Karez.Tests;

namespace Karez.Lab.Tests.Judging;

/// <summary>The command: what it says, and what it refuses.</summary>
public sealed class JudgeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("karez-judge-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Tells_evidence_its_source_and_a_fix_and_never_who_the_client_is()
    {
        var (code, output, error) = await LabCommandTests.RunAsync("judge", Bench.Capture("shadowsocks"));
        Assert.Equal((LabCommand.Done, ""), (code, error));
        Assert.Contains("t09-fet", output, StringComparison.Ordinal);
        Assert.Contains("fix: ", output, StringComparison.Ordinal);
        Assert.Contains("constants published (", output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"10\.77\.0\.1\b", output);
    }

    [Fact]
    public async Task Json_has_the_same_and_no_client_either()
    {
        var (code, output, _) = await LabCommandTests.RunAsync("judge", Bench.Capture("trojan"), "--json");
        Assert.Equal(LabCommand.Done, code);
        using var read = JsonDocument.Parse(output);
        Assert.NotEqual(0, read.RootElement.GetProperty("flagged").GetArrayLength());
        Assert.DoesNotMatch(@"10\.77\.0\.1\b", output);
    }

    [Fact]
    public async Task With_a_capture_of_the_site_the_flows_are_compared()
    {
        var one = Write("one.pcap", Flows(10, constant: true));
        var site = Write("site.pcap", Flows(10, constant: false));
        var (code, output, _) = await LabCommandTests.RunAsync("judge", one, "--site", site, "--json");
        Assert.Equal(LabCommand.Done, code);
        using var read = JsonDocument.Parse(output);
        var worst = read.RootElement.GetProperty("comparison").GetProperty("differences")[0];
        // The first record is the first burst: which of the two comes first is the alphabet's choice.
        Assert.Contains(worst.GetProperty("feature").GetString(), (string?[])["record 1 up", "burst 1"]);
    }

    [Fact]
    public async Task A_capture_with_two_clients_is_refused()
    {
        var path = Write("two.pcap", [.. Talk.Tls().Frames, .. Talk.Tls(client: "10.0.0.2", start: 500).Frames]);
        await AssertRefused(path, "more than one client");
    }

    [Fact]
    public async Task A_neighbours_broadcasts_are_no_client()
    {
        var shout = PacketMaker.Udp("10.0.0.9", 5353, "224.0.0.251", 5353, PacketMaker.Dns(1, "printer.local", false));
        var path = Write("lan.pcap", [.. Talk.Tls().Frames, (9_000_000_000, shout)]);
        Assert.Equal(LabCommand.Done, (await LabCommandTests.RunAsync("judge", path)).Code);
    }

    [Fact]
    public async Task A_run_of_the_lab_may_have_several_clients_and_only_its_own()
    {
        var path = Write("two.pcap", [.. Talk.Tls().Frames, .. Talk.Tls(client: "10.0.0.2", start: 500).Frames]);
        Manifest("10.0.0.1", "10.0.0.2");
        Assert.Equal(LabCommand.Done, (await LabCommandTests.RunAsync("judge", path)).Code);
        Manifest("10.0.0.1", "10.0.0.3");
        await AssertRefused(path, "more than one client");
    }

    [Fact]
    public async Task Standard_input_a_pipe_a_device_and_what_is_no_capture_are_refused()
    {
        await AssertRefused("-", "standard input");
        var pipe = Path.Combine(_folder.FullName, "pipe");
        using (var made = Process.Start("mkfifo", pipe))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        await AssertRefused(pipe, "no ordinary file");
        await AssertRefused("/dev/stdin", "");
        await AssertRefused("/dev/zero", "no ordinary file");
        await AssertRefused(_folder.FullName, "no file");
        await AssertRefused(Path.Combine(_folder.FullName, "none.pcap"), "no file");
        var text = Path.Combine(_folder.FullName, "text");
        await File.WriteAllTextAsync(text, "this is no capture at all", TestContext.Current.CancellationToken);
        await AssertRefused(text, "neither pcap nor pcapng");
        await AssertRefused(Bench.Capture("curl"), "standard input", "--site", "-");
    }

    [Fact]
    public async Task A_file_over_a_gibibyte_is_refused()
    {
        var path = Path.Combine(_folder.FullName, "large.pcap");
        await using (var file = File.Create(path))
            file.SetLength((1L << 30) + 1); // Sparse.
        await AssertRefused(path, "longer than 1 GiB");
    }

    [Fact]
    public async Task A_site_without_a_handshake_is_refused()
    {
        var site = Write("site.pcap", new Talk().Open().Frames);
        await AssertRefused(Bench.Capture("curl"), "no whole TLS handshake", "--site", site);
    }

    private static List<(long, byte[])> Flows(int count, bool constant)
    {
        var frames = new List<(long, byte[])>();
        for (var i = 0; i < count; i++)
        {
            var talk = Talk.Tls(40000 + i, i * 1000).Say(constant ? 700 : 100 + (i * 37), -300 - (i * 11), 90, -200);
            frames.AddRange(talk.Close().Frames);
        }

        return frames;
    }

    private static async Task AssertRefused(string path, string reason, params string[] more)
    {
        var (code, output, error) = await LabCommandTests.RunAsync(["judge", path, .. more]);
        Assert.Equal(LabCommand.Failed, code);
        Assert.Empty(output);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(2, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private string Write(string name, List<(long Time, byte[] Frame)> frames)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, PacketMaker.Pcap(frames));
        return path;
    }

    private void Manifest(params string[] addresses)
    {
        var manifest = new RunManifest(
            1, "test", 1, DateTimeOffset.UnixEpoch, 1,
            [.. addresses.Select((a, i) => new SubscriberEntry($"sub{i}", a, "192.0.2.1", 1, 2, "wifi"))],
            [], [], [], [], [], new RouterEntry(0, 0, 0, 0, 0, true));
        File.WriteAllText(
            Path.Combine(_folder.FullName, RunManifest.FileName),
            JsonSerializer.Serialize(manifest, LabJson.Default.RunManifest));
    }
}
