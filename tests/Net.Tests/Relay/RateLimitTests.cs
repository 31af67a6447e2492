using Karez.Net.Relay;
using Karez.Wire;

namespace Karez.Net.Tests.Relay;

public class RateLimitTests
{
    [Fact]
    public void What_is_saved_up_is_free_and_the_rest_takes_its_time()
    {
        var limit = new RateLimit(1_000_000);
        Assert.Equal(TimeSpan.Zero, limit.Book(250_000, new Instant(0)));
        Assert.Equal(TimeSpan.FromMilliseconds(100), limit.Book(100_000, new Instant(0)));
        Assert.Equal(TimeSpan.FromMilliseconds(50), limit.Book(0, new Instant(50)));
        Assert.Equal(TimeSpan.Zero, limit.Book(0, new Instant(100)));
    }

    [Fact]
    public void Flows_that_share_it_take_turns_and_a_rest_saves_no_more_than_a_quarter_of_a_second()
    {
        var limit = new RateLimit(1_000_000);
        limit.Book(250_000, new Instant(0));
        Assert.Equal(TimeSpan.FromMilliseconds(10), limit.Book(10_000, new Instant(0)));
        Assert.Equal(TimeSpan.FromMilliseconds(20), limit.Book(10_000, new Instant(0)));
        limit.Book(0, new Instant(3_600_000));
        Assert.Equal(TimeSpan.FromMilliseconds(1), limit.Book(251_000, new Instant(3_600_000)));
    }

    [Theory]
    [InlineData(1, 1024)]
    [InlineData(1_000_000, 50_000)]
    [InlineData(long.MaxValue, 1024 * 1024)]
    public void A_turn_is_what_a_twentieth_of_a_second_allows(long rate, int chunk) =>
        Assert.Equal(chunk, new RateLimit(rate).Chunk);
}
