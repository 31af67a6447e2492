using Karez.Beds;

namespace Karez.Tun.Tests.Machines;

/// <summary>A browser that knows of nothing.</summary>
public class BrowserTests
{
    [Fact]
    public async Task Chromium_shows_a_page_by_name_through_the_device()
    {
        Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");
        Assert.SkipWhen(!File.Exists("/usr/bin/chromium"), "chromium is missing: apt-get install -y chromium");
        await using var world = await World.StartAsync();
        var profile = Directory.CreateTempSubdirectory("karez-tun-chromium-").FullName;
        try
        {
            var (code, printed) = await world.RunAsync(
                "timeout", "90", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                $"--user-data-dir={profile}", "--ignore-certificate-errors", "--disable-background-networking",
                "--timeout=30000", "--dump-dom", $"https://{World.Name}/");
            Assert.True(code == 0, printed);
            Assert.Contains("/images/80.png", printed, StringComparison.Ordinal);
            Assert.True(world.Tun.Counters.Questions > 0);
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}
