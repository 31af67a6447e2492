using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Karez.Cli.Tests;

/// <summary>What a person is told whom the node does not recognise, by the programs themselves.</summary>
public sealed partial class NotRecognisedTests : NodeBed
{
    [Fact]
    public async Task Where_the_site_is_trusted_both_clocks_are_shown()
    {
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        var (listen, link) = await NodeAsync(node);
        Assert.NotNull(link);
        var here = link.Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
        // somebody else's short id: a mistyped link
        here = ShortIdPart().Replace(here, "sid=0123456789abcdef");
        await using var client = new Running(
            "karez", Folder, new Dictionary<string, string> { ["SSL_CERT_FILE"] = Root },
            "connect", here, "--state", "c", "--listen", "127.0.0.1:0", "--json");
        using var ready = JsonDocument.Parse(await client.LineAsync());
        using var http = Through(ready.RootElement.GetProperty("listen").GetString()!);
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Http}/bytes/1")));
        await client.HearAsync("karez: the node: it did not recognise this link, the site's own certificate answered");
        await client.HearAsync("hint: revoked or mistyped, it is not the clock: this machine's says ");
        var clocks = Moment().Matches(client.Said).Select(m => DateTimeOffset.Parse(
            m.Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, clocks.Count);
        Assert.InRange((clocks[0] - clocks[1]).Duration().TotalSeconds, 0, 5);
    }

    [GeneratedRegex("sid=[0-9a-f]+")]
    private static partial Regex ShortIdPart();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")]
    private static partial Regex Moment();
}
