using System.Diagnostics;
using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>The site's page by curl, through the channel by either kind of proxy, is the page itself.</summary>
public sealed class CurlTests : NodeBed
{
    [Fact]
    public async Task Curl_fetches_the_page_through_the_channel()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "curl is missing: apt-get install -y curl");
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        var (listen, link) = await NodeAsync(node);
        Assert.NotNull(link);
        var here = link.Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
        await using var client = Karez("connect", here, "--state", "c", "--listen", "127.0.0.1:0", "--json");
        using var ready = JsonDocument.Parse(await client.LineAsync());
        var proxy = ready.RootElement.GetProperty("listen").GetString()!;

        foreach (var page in (string[])[$"http://127.0.0.1:{Http}/", $"https://127.0.0.1:{Https}/visit"])
        {
            var (status, body) = await FetchAsync(page);
            Assert.Equal(200, status);
            Assert.Contains("<html", body, StringComparison.OrdinalIgnoreCase);
            Assert.Equal((200, body), await FetchAsync(page, "-x", $"socks5h://{proxy}"));
            Assert.Equal((200, body), await FetchAsync(page, "-x", $"http://{proxy}"));
        }

        await using var report = Karez("status", "--state", "n", "--json");
        using var said = JsonDocument.Parse(await report.LineAsync());
        Assert.NotEqual(0, said.RootElement.GetProperty("people")[0].GetProperty("down").GetInt64());
    }

    private async Task<(int Status, string Body)> FetchAsync(string page, params string[] proxy)
    {
        var body = Path.Combine(Folder, Path.GetRandomFileName());
        var start = new ProcessStartInfo("/usr/bin/curl") { RedirectStandardOutput = true };
        string[] arguments =
            ["-sS", "-m", "60", "--noproxy", "", "-k", "-o", body, "-w", "%{http_code}", .. proxy, page];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var curl = Process.Start(start)!;
        var status = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        Assert.Equal(0, curl.ExitCode);
        return (int.Parse(status), await File.ReadAllTextAsync(body));
    }
}
