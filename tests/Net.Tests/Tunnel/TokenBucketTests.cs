using Karez.Net.Tunnel;
using Karez.Wire;

namespace Karez.Net.Tests.Tunnel;

/// <summary>When whoever takes a token has it.</summary>
public class TokenBucketTests
{
    [Fact]
    public void The_burst_comes_at_once_and_then_everybody_in_turn()
    {
        var bucket = new TokenBucket(perSecond: 5, burst: 3);
        Assert.Equal([0, 0, 0, 200, 400, 600], Book(bucket, 0, 6));
    }

    [Fact]
    public void Who_waits_is_not_overtaken_by_who_comes_later()
    {
        var bucket = new TokenBucket(perSecond: 5, burst: 1);
        Assert.Equal([0, 200, 400], Book(bucket, 0, 3));
        Assert.Equal([500], Book(bucket, 100, 1)); // at 600
        Assert.Equal([200], Book(bucket, 600, 1)); // at 800
    }

    [Fact]
    public void Quiet_saves_up_no_more_than_the_burst()
    {
        var bucket = new TokenBucket(perSecond: 5, burst: 3);
        Assert.Equal([0, 0, 0], Book(bucket, 0, 3));
        Assert.Equal([0, 200], Book(bucket, 200, 2));
        Assert.Equal([0, 0, 0, 200], Book(bucket, 3_600_000, 4));
    }

    [Fact]
    public void A_clock_that_stands_gives_nothing()
    {
        var bucket = new TokenBucket(perSecond: 1_000, burst: 1);
        Assert.Equal([0, 1, 2, 3], Book(bucket, 50, 4));
        Assert.Equal([4], Book(bucket, 49, 1));
    }

    private static double[] Book(TokenBucket bucket, long atMilliseconds, int times) =>
    [
        .. Enumerable.Range(0, times)
            .Select(_ => bucket.Book(new Instant(atMilliseconds)).TotalMilliseconds),
    ];
}
