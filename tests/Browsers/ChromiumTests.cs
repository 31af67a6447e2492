using Karez.Observe;
using Karez.Tests;

namespace Karez.Browsers;

/// <summary>The default profile against the Chromium of this machine.</summary>
public class ChromiumTests(ITestOutputHelper output)
{
    private const int Names = 300;
    private const double Level = 0.001;
    private const string Profile = "chromium-156";

    [Fact]
    public async Task Our_hellos_are_Chromiums()
    {
        var visits = await Captures.ChromiumAsync(Names, TestContext.Current.CancellationToken);
        var theirs = new HelloSample([.. visits.Select(visit => visit.Hello)]);
        var ours = new HelloSample(Captures.Ours(Profile, visits));
        output.WriteLine($"{visits.Count} hellos of each; JA4 {theirs.Ja4s}");

        Assert.Equal(theirs.Ja4s, ours.Ja4s);
        Assert.Equal(theirs.ExtensionSets, ours.ExtensionSets);
        Assert.Equal(theirs.FixedContents, ours.FixedContents);
        Assert.Equal(theirs.EchForms, ours.EchForms);
        Assert.Equal(theirs.EchLengths.Keys, ours.EchLengths.Keys);
        var lengths = ChiSquare.SameSource([.. theirs.EchLengths.Values], [.. ours.EchLengths.Values]);
        output.WriteLine($"ECH lengths {string.Join(' ', theirs.EchLengths)}, p {lengths:0.000}");
        Assert.True(lengths > Level);

        foreach (var sample in new[] { theirs, ours })
            CheckGrease(sample);
    }

    [Fact]
    public async Task Chromium_writes_its_hello_as_one_record_and_at_once()
    {
        var visits = await Captures.ChromiumAsync(Names, TestContext.Current.CancellationToken);
        var ours = Captures.Ours(Profile, visits);
        Assert.All(visits, visit =>
        {
            var record = Assert.Single(visit.Records);
            Assert.Equal((22, 0x0301), (record.Type, record.Version));
            Assert.Equal(visit.Hello.Message.Length + 5, record.Length);
        });
        var inOneRead = visits.Count(visit => visit.Reads.Count == 1 && visit.Reads[0] == visit.Records[0].Length);
        output.WriteLine($"{inOneRead} of {visits.Count} hellos came in one read");
        Assert.Equal(visits.Count, inOneRead);

        // Same names on both sides, so the lengths may be compared as they are.
        var lengths = visits.Select(visit => visit.Hello.Message.Length)
            .Concat(ours.Select(hello => hello.Message.Length)).Distinct().Order().ToArray();
        var p = ChiSquare.SameSource(
            [.. lengths.Select(length => visits.Count(visit => visit.Hello.Message.Length == length))],
            [.. lengths.Select(length => ours.Count(hello => hello.Message.Length == length))]);
        output.WriteLine($"lengths {lengths[0]}..{lengths[^1]}, {lengths.Length} different, p {p:0.000}");
        Assert.True(p > Level);
    }

    /// <remarks>
    /// 34 comparisons at p = 0.001 reject one honest run in thirty: what is rejected must be rejected again, for the
    /// same extension, by a second capture.
    /// </remarks>
    [Fact]
    public async Task Our_extensions_stand_where_Chromiums_stand()
    {
        var rejected = await RejectedPositionsAsync();
        if (rejected.Count > 0)
            rejected.IntersectWith(await RejectedPositionsAsync());
        Assert.Empty(rejected);
    }

    private async Task<HashSet<string>> RejectedPositionsAsync()
    {
        var visits = await Captures.ChromiumAsync(Names, TestContext.Current.CancellationToken);
        var theirs = new HelloSample([.. visits.Select(visit => visit.Hello)]);
        var ours = new HelloSample(Captures.Ours(Profile, visits));
        Assert.Equal(theirs.Types, ours.Types);
        var rejected = new HashSet<string>();
        foreach (var type in theirs.Types)
        {
            var even = ChiSquare.Even(theirs.Positions(type));
            var same = ChiSquare.SameSource(theirs.Positions(type), ours.Positions(type));
            output.WriteLine($"{type:x4}: theirs against even p {even:0.000}, against ours p {same:0.000}");
            if (even < Level)
                rejected.Add($"{type:x4} is not even");
            if (same < Level)
                rejected.Add($"{type:x4} is not as ours");
        }

        return rejected;
    }

    private static void CheckGrease(HelloSample sample)
    {
        Assert.Equal(0, sample.Breaking(hello => Grease.Is(hello.Extensions[0].Type)));
        Assert.Equal(0, sample.Breaking(hello => Grease.Is(hello.Extensions[^1].Type)));
        Assert.Equal(0, sample.Breaking(hello => hello.Extensions[0].Type != hello.Extensions[^1].Type));
        Assert.Equal(0, sample.Breaking(hello => hello.Extensions.Count(e => Grease.Is(e.Type)) == 2));
        Assert.Equal(0, sample.Breaking(hello => hello.Extensions[0].Body.IsEmpty));
        Assert.Equal(0, sample.Breaking(hello => hello.Extensions[^1].Body.Span.SequenceEqual((byte[])[0])));
        Assert.Equal(0, sample.Breaking(hello => hello.Groups[0] == hello.KeyShares[0].Group));
        Assert.Equal(0, sample.Breaking(hello => !hello.KeyShares[1].Key.Span[1184..].SequenceEqual(
            hello.KeyShares[2].Key.Span)));
        Func<HelloFields, int>[] draws =
        [
            hello => hello.CipherSuites[0], hello => hello.Groups[0], hello => hello.SupportedVersions[0],
            hello => hello.SignatureAlgorithms[0], hello => hello.Extensions[0].Type,
        ];
        foreach (var (index, draw) in draws.Index())
        {
            var counts = new int[16];
            foreach (var hello in sample.Hellos)
                counts[draw(hello) >> 12]++;
            Assert.DoesNotContain(0, counts);
            foreach (var other in draws[(index + 1)..])
                Assert.InRange(sample.Breaking(hello => draw(hello) != other(hello)), 1, Names / 5);
        }
    }
}
