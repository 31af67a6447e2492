using Karez.Observe;

namespace Karez.Browsers.Flights;

/// <summary>
/// The first records after the handshake: Chromium on a site, against Chromium's visits inside the channel that borrows
/// the same site.
/// </summary>
public class FirstFlightTests(ITestOutputHelper output)
{
    private const int Flows = 200;
    private const double Level = 0.001;

    [Fact]
    public async Task No_record_of_ours_is_more_constant_than_the_browsers()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/chromium"), "chromium is not installed: apt-get install -y chromium");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(240));
        await using var site = await HttpTwoSite.StartAsync();
        var theirs = await DirectlyAsync(site, limit.Token);
        var ours = await ThroughTheChannelAsync(site, limit.Token);
        output.WriteLine($"{theirs.Count} flows of Chromium, {ours.Count} of ours; the most common length's share");

        var tooConstant = new List<string>();
        foreach (var direction in new[] { Direction.ClientToServer, Direction.ServerToClient })
        {
            for (var place = 0; place < FirstRecords.Kept; place++)
            {
                var (their, our) = (At(theirs, direction, place), At(ours, direction, place));
                if (their.Count < Flows / 2 || our.Count < Flows / 2)
                    continue;
                var seen = Constancy.Of(their, our);
                var line = $"{direction} {place}: browser {seen.Theirs:0.00} ({Middle(their)}), "
                    + $"ours {seen.Ours:0.00} ({Middle(our)}), p {seen.P:0.0000}";
                output.WriteLine(line);
                if (seen.P < Level)
                    tooConstant.Add(line);
            }
        }

        Assert.Empty(tooConstant);
    }

    /// <summary>The test can fail: a constant record is found among varying ones, and at this n.</summary>
    [Fact]
    public void A_constant_record_is_found()
    {
        int[] varying = [.. Enumerable.Range(0, Flows)];
        int[] nearly = [.. Enumerable.Range(0, Flows).Select(i => i < Flows / 10 ? 517 : i)];
        Assert.InRange(Constancy.Of(varying, nearly).P, 0, Level);
        Assert.InRange(Constancy.Of(varying, varying).P, 0.5, 1);
        Assert.InRange(Constancy.Of(nearly, varying).P, 0.5, 1);
        // R: fisher.test(matrix(c(12, 8, 5, 15), 2), alternative = "greater")$p.value
        Assert.Equal(0.02678, Constancy.Fisher(12, 20, 5, 20), 4);
    }

    private static async Task<List<FirstRecords>> DirectlyAsync(HttpTwoSite site, CancellationToken cancellationToken)
    {
        await using var tap = new FlightTap(new(System.Net.IPAddress.Loopback, site.Port));
        var page = Frames(i => $"https://site-{i}.example/?{new string('q', i % 60)}");
        await using var browser = Browser.Chromium(page, tap.Port);
        return await tap.WaitAsync(Flows, cancellationToken);
    }

    private static async Task<List<FirstRecords>> ThroughTheChannelAsync(
        HttpTwoSite site, CancellationToken cancellationToken)
    {
        await using var channel = await ChannelInside.StartAsync(site.Port);
        // Every address of loopback is a site of its own, so that each visit opens a connection of its own.
        var page = Frames(i => $"https://127.1.{i / 200}.{1 + (i % 200)}:{site.Port}/?{new string('q', i % 60)}");
        await using var browser = Browser.ChromiumThrough(page, channel.Client.Listening);
        return await channel.Tap.WaitAsync(Flows, cancellationToken);
    }

    private static string Frames(Func<int, string> url) => "<!doctype html><title>visits</title>"
        + string.Concat(Enumerable.Range(0, Flows + 20).Select(i => $"<iframe src=\"{url(i)}\"></iframe>"));

    private static List<int> At(IEnumerable<FirstRecords> flows, Direction direction, int place) =>
        [.. flows.Select(flow => flow[direction]).Where(all => all.Count > place).Select(all => all[place])];

    private static string Middle(List<int> lengths)
    {
        var sorted = lengths.Order().ToArray();
        return $"{sorted[sorted.Length / 4]} {sorted[sorted.Length / 2]} {sorted[3 * sorted.Length / 4]}";
    }
}
