using Karez.Camouflage.Reality;

namespace Karez.Camouflage.Tests.Reality;

public class SpiderPlanTests
{
    [Fact]
    public void Ranges_are_taken_out_of_the_path_and_the_rest_stays()
    {
        var plan = SpiderPlan.Parse("/news?p=3-9&q=1&c=2&t=5-4&i=10&r=7&page=2");
        Assert.Equal("/news?q=1&page=2", plan.Path);
        Assert.Equal(new SpiderRange(3, 9), plan.Padding);
        Assert.Equal(new SpiderRange(2, 2), plan.Crawlers);
        Assert.Equal(new SpiderRange(4, 5), plan.Requests);
        Assert.Equal(new SpiderRange(10, 10), plan.Interval);
        Assert.Equal(new SpiderRange(7, 7), plan.Delay);
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("a/b", "/a/b")]
    [InlineData("/?p=1", "/")]
    [InlineData("//other.example/", "/other.example/")]
    [InlineData("/a?&&", "/a")]
    public void A_path_begins_with_one_slash(string spider, string path) =>
        Assert.Equal(path, SpiderPlan.Parse(spider).Path);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("1-2-3")]
    [InlineData("99999999999999999999")]
    public void A_range_that_is_none_is_nought(string range) =>
        Assert.Equal(default, SpiderPlan.Parse($"/?p={range}").Padding);

    [Fact]
    public void A_link_cannot_ask_for_more_than_the_bounds()
    {
        var plan = SpiderPlan.Parse("/?p=9999999&c=1-9999999&t=9999999&i=9999999&r=9999999");
        Assert.Equal(new SpiderRange(4_096, 4_096), plan.Padding);
        Assert.Equal(new SpiderRange(1, 8), plan.Crawlers);
        Assert.Equal(new SpiderRange(64, 64), plan.Requests);
        Assert.Equal(new SpiderRange(60_000, 60_000), plan.Interval);
        Assert.Equal(new SpiderRange(10_000, 10_000), plan.Delay);
    }
}
