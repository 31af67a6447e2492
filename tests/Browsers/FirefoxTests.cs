using Karez.Observe;
using Karez.Tests;

namespace Karez.Browsers;

/// <summary>The firefox profile against the Firefox ESR of this machine.</summary>
public class FirefoxTests(ITestOutputHelper output)
{
    // Fewer than of Chromium: the order is fixed, and Firefox tries each failing name eleven times.
    private const int Names = 60;

    [Fact]
    public async Task Our_hellos_are_Firefoxs()
    {
        var visits = await Captures.FirefoxAsync(Names, TestContext.Current.CancellationToken);
        var theirs = new HelloSample([.. visits.Select(visit => visit.Hello)]);
        var ours = new HelloSample(Captures.Ours("firefox", visits));
        output.WriteLine($"{visits.Count} hellos of each; JA4 {theirs.Ja4s}");

        Assert.Equal(theirs.Ja4s, ours.Ja4s);
        Assert.Equal(theirs.ExtensionOrders, ours.ExtensionOrders);
        Assert.Equal(theirs.FixedContents, ours.FixedContents);
        Assert.Equal(theirs.EchForms, ours.EchForms);
        Assert.Equal(theirs.EchLengths.Keys, ours.EchLengths.Keys);
        foreach (var sample in new[] { theirs, ours })
        {
            Assert.Equal(0, sample.Breaking(SharesItsKey));
            var aes = sample.Breaking(hello => hello.TryGetExtension(HelloSample.Ech, out var body)
                && body.Span[4] == 3);
            output.WriteLine($"AES-128-GCM in ECH: {aes} of {Names}");
            Assert.True(ChiSquare.Even([aes, Names - aes]) > 0.0001);
        }

        Assert.All(visits, visit =>
        {
            var record = Assert.Single(visit.Records);
            Assert.Equal((22, 0x0301), (record.Type, record.Version));
            Assert.Equal([record.Length], visit.Reads);
        });
        Assert.Equal(
            visits.Select(visit => visit.Hello.Message.Length), ours.Hellos.Select(hello => hello.Message.Length));
    }

    private static bool SharesItsKey(HelloFields hello) =>
        hello.KeyShares[0].Key.Span[1184..].SequenceEqual(hello.KeyShares[1].Key.Span);
}
