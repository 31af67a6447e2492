using System.Net;

namespace Karez.Server.Tests;

/// <summary>Whole downloads, from the first octet on the wire to the last, are TLS records and nothing else.</summary>
public class OuterRecordTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly int[] Lengths = [1, 100, 16_384, 5_000_000, 100_000_000];

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Whole_downloads_parse_as_records(bool vision, bool https)
    {
        await using var bed = await ChannelBed.StartAsync(vision);
        await using var origin = new TestSite((byte)'o', https ? Certificates.Make() : null);
        await using var inner = new HostilePath(new IPEndPoint(IPAddress.Loopback, origin.Port), seed: 1_000_000);
        await using var outer = new HostilePath(bed.Node.Listening, seed: 2_000_000);
        await using var client = bed.Connect(bed.LinkOf(bed.Person, outer.Port));
        foreach (var length in Lengths)
        {
            var page = new UriBuilder(origin.Page(length)) { Port = inner.Port }.Uri;
            await FetchAsync(ChannelBed.Through(client), page, length);
        }

        var sights = await outer.EndedAsync().WaitAsync(Patience);
        Assert.Equal(2 * Lengths.Length, sights.Count);
        Assert.All(sights, sight =>
        {
            Assert.Null(sight.NotTlsFrom);
            Assert.False(sight.InsideRecord, $"ends inside a record after {sight.Octets} octets");
            Assert.All(sight.Records, record => Assert.InRange(record.Length, 6, 5 + (1 << 14) + 256));
        });
        var downs = sights.Where((_, i) => i % 2 == 1);
        Assert.All(downs.Zip(Lengths), pair => Assert.True(pair.First.Octets > pair.Second));
        if (vision && https)
            AssertSameTail((await inner.EndedAsync().WaitAsync(Patience))[^1], sights[^1]);
    }

    private static async Task FetchAsync(HttpClient http, Uri page, int length)
    {
        using (http)
        {
            await using var body = await http.GetStreamAsync(page).WaitAsync(Patience);
            var (buffer, left) = (new byte[1 << 17], length);
            while (await body.ReadAsync(buffer).AsTask().WaitAsync(Patience) is > 0 and var count)
            {
                Assert.False(buffer.AsSpan(0, count).ContainsAnyExcept((byte)'o'));
                left -= count;
            }

            Assert.Equal(0, left);
        }
    }

    /// <summary>The channel was raw in the end: the records outside are the ones inside.</summary>
    private static void AssertSameTail(HostilePath.Sight inside, HostilePath.Sight outside)
    {
        Assert.Null(inside.NotTlsFrom);
        Assert.Equal(
            inside.Records.TakeLast(1_000).Select(r => (r.Type, r.Length)),
            outside.Records.TakeLast(1_000).Select(r => (r.Type, r.Length)));
    }
}
