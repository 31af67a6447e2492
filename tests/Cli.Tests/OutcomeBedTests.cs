using System.Globalization;
using Karez.Beds;

namespace Karez.Cli.Tests;

/// <summary>
/// What curl hears, with the programs themselves, in a machine whose network has destinations that fail in every way.
/// </summary>
public sealed class OutcomeBedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-outcome-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Curl_hears_why_a_destination_cannot_be_reached()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "curl is missing: apt-get install -y curl");
        using var bed = new Bed();
        var (near, far) = (bed.AddMachine("near"), bed.AddMachine("far"));
        bed.Connect(near, "10.9.8.1/24", far, "10.9.8.2/24");
        // 198.51.100.0/24: no host; 192.0.2.0/24: silence; 203.0.113.0/24 and all else: no network.
        near.Ip("route", "add", "unreachable", "198.51.100.0/24");
        near.Ip("route", "add", "192.0.2.0/24", "via", "10.9.8.2");
        far.Ip("route", "add", "blackhole", "192.0.2.0/24");
        var proxy = await StartAsync(near);

        var silent = Task.WhenAll(
            CurlAsync(near, $"socks5h://{proxy}", "http://192.0.2.1:99/"),
            CurlAsync(near, $"http://{proxy}", "https://192.0.2.1:99/"),
            CurlAsync(near, $"http://{proxy}", "http://192.0.2.1/"));

        // curl's codes: 97 the proxy's handshake failed, with SOCKS's reply in words; 56 CONNECT was answered badly.
        await HearAsync($"socks5h://{proxy}", "http://127.0.0.1:99/", 97, "(5)");
        await HearAsync($"socks5h://{proxy}", "http://203.0.113.1:99/", 97, "(3)");
        await HearAsync($"socks5h://{proxy}", "http://198.51.100.1:99/", 97, "(4)");
        await HearAsync($"socks5h://{proxy}", "http://no-such-name.invalid:99/", 97, "(4)");
        await HearAsync($"socks5h://{proxy}", "http://224.0.0.1:99/", 97, "(2)");
        await HearAsync($"http://{proxy}", "https://127.0.0.1:99/", 56, "502");
        await HearAsync($"http://{proxy}", "https://203.0.113.1:99/", 56, "502");
        await HearAsync($"http://{proxy}", "https://224.0.0.1:99/", 56, "403");
        await HearAsync($"http://{proxy}", "http://127.0.0.1:99/", 0, "502");
        await HearAsync($"http://{proxy}", "http://no-such-name.invalid/", 0, "502");
        await HearAsync($"http://{proxy}", "http://224.0.0.1/", 0, "403");

        // The web's own ports hear it as well, at the first attempt.
        await HearAsync($"socks5h://{proxy}", "https://127.0.0.1:8443/", 97, "(5)");
        await HearAsync($"socks5h://{proxy}", "https://203.0.113.1/", 97, "(3)");
        await HearAsync($"socks5h://{proxy}", "http://no-such-name.invalid/", 97, "(4)");
        await HearAsync($"http://{proxy}", "https://no-such-name.invalid/", 56, "502");

        var heard = await silent;
        Assert.Equal((97, true), (heard[0].Code, heard[0].Said.Contains("(6)", StringComparison.Ordinal)));
        Assert.Equal((56, true), (heard[1].Code, heard[1].Said.Contains("504", StringComparison.Ordinal)));
        Assert.Equal((0, true), (heard[2].Code, heard[2].Said.Contains("504", StringComparison.Ordinal)));

        async Task HearAsync(string through, string url, int code, string said)
        {
            var answer = await CurlAsync(near, through, url);
            Assert.True(
                answer.Code == code && answer.Said.Contains(said, StringComparison.Ordinal),
                string.Create(CultureInfo.InvariantCulture, $"{through} {url}: {answer.Code}, {answer.Said}"));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Starts site, node and client in a machine; where the client listens.</summary>
    private async Task<string> StartAsync(Machine machine)
    {
        var site = Start(machine, "karez-site", "--state", At("site"), "--host", "www.site.example");
        var https = await BetweenAsync(site, "\"https\":", ',', '}');
        var node = Start(
            machine, "karez", "serve", "--state", At("n"), "--target", $"127.0.0.1:{https}", "--name",
            "www.site.example", "--allow-private", "--json", "--listen", "127.0.0.1:4430",
            "--address", "127.0.0.1:4430");
        var link = await BetweenAsync(node, "\"link\":\"", '"');
        var client = Start(
            machine, "karez", "connect", link, "--state", At("c"), "--listen", "127.0.0.1:1080", "--json");
        await client.WaitForAsync("\"listen\":", Token);
        return "127.0.0.1:1080";
    }

    private static MachineProcess Start(Machine machine, string program, params string[] arguments) =>
        machine.Start(Path.Combine(AppContext.BaseDirectory, program), arguments);

    private static async Task<(int Code, string Said)> CurlAsync(Machine machine, string proxy, string url) =>
        await machine.RunAsync(
            "curl",
            ["-sS", "-k", "-m", "30", "-o", "/dev/null", "-w", " status %{http_code}", "-x", proxy, url],
            Token);

    /// <summary>What stands between two words of what a program prints, once both are there.</summary>
    private static async Task<string> BetweenAsync(MachineProcess process, string from, params char[] until)
    {
        await process.WaitForAsync(from, Token);
        while (true)
        {
            var rest = process.Printed[(process.Printed.IndexOf(from, StringComparison.Ordinal) + from.Length)..];
            if (rest.IndexOfAny(until) is >= 0 and var end)
                return rest[..end];
            await Task.Delay(20, Token);
        }
    }

    private string At(string name) => Path.Combine(_folder, name);
}
