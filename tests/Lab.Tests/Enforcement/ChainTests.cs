using Karez.Lab.Enforcement;
using Karez.Lab.Router;

namespace Karez.Lab.Tests.Enforcement;

/// <summary>The chain on a simulated clock: order, times, watch list, soft branch.</summary>
public class ChainTests
{
    private const string There = "203.0.113.5";

    [Fact]
    public void Three_hits_at_one_destination_flag_and_at_three_do_not()
    {
        var one = new Authority([true], 1);
        for (var i = 0; i < 3; i++)
            one.Feed(Hit(i, "t15-ndpi", There));
        Assert.Equal(ChainState.Flagged, Assert.Single(one.Events).State);

        var three = new Authority([true], 1);
        for (var i = 0; i < 3; i++)
            three.Feed(Hit(i, "t15-ndpi", $"203.0.113.{i}"));
        Assert.Empty(three.Events);
    }

    [Fact]
    public void Hits_are_forgotten_by_and_by()
    {
        var authority = new Authority([true], 1);
        for (var week = 0; week < 20; week++)
            authority.Feed(Hit(week * 24 * 14, "t15-ndpi", There));
        Assert.Empty(authority.Events);
    }

    [Fact]
    public void A_messenger_in_clear_is_enough()
    {
        var authority = new Authority([false], 1);
        authority.Feed(Hit(1, "t31-messenger", There));
        Assert.Equal(ChainState.Flagged, Assert.Single(authority.Events).State);
    }

    [Fact]
    public void The_whole_way_is_in_order_and_keeps_its_times()
    {
        var authority = new Authority([true], 7);
        authority.Feed(Hit(1, "t12-openvpn", There, 3));
        authority.OnTime(TimeSpan.FromDays(60));
        Assert.Equal(
            [
                ChainState.Flagged, ChainState.Listed, ChainState.Noticed, ChainState.Suspended, ChainState.Queueing,
                ChainState.Heard, ChainState.Watched,
            ],
            authority.Events.Select(e => e.State));
        var at = authority.Events.ToDictionary(e => e.State, e => e.At);
        Assert.Equal(TimeSpan.FromHours(2), at[ChainState.Suspended] - at[ChainState.Noticed]);
        Assert.Equal(TimeSpan.FromHours(72), at[ChainState.Watched] - at[ChainState.Heard]);
        Assert.InRange(at[ChainState.Heard].TotalHours % 24, 9, 18);
        var text = authority.Events.First(e => e.State == ChainState.Noticed).What;
        Assert.Contains("within the next two hours", text, StringComparison.Ordinal);
        Assert.Contains("synthetic", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_is_cut_from_the_notices_end_until_three_days_after_the_visit()
    {
        var authority = new Authority([true, true], 7);
        authority.Feed(Hit(1, "t12-openvpn", There, 3));
        authority.OnTime(TimeSpan.FromDays(60));
        var at = authority.Events.ToDictionary(e => e.State, e => e.At);
        var again = new Authority([true, true], 7);
        again.Feed(Hit(1, "t12-openvpn", There, 3));
        again.OnTime(at[ChainState.Suspended]);
        Assert.Equal((LineState.Cut, LineState.Open), (again.LineOf(0), again.LineOf(1)));
        again.OnTime(at[ChainState.Watched]);
        Assert.Equal(LineState.Open, again.LineOf(0));
    }

    [Fact]
    public void A_restored_line_is_flagged_at_half_the_score_and_a_tool_found_again_is_punished()
    {
        var authority = new Authority([true], 3);
        authority.Feed(Hit(1, "t12-openvpn", There, 3));
        authority.OnTime(TimeSpan.FromDays(40));
        authority.Feed(Hit(40 * 24, "t12-openvpn", There));
        Assert.Equal(ChainState.Watched, authority.Events[^1].State);
        authority.Feed(Hit((40 * 24) + 1, "t12-openvpn", There));
        Assert.Equal(ChainState.Flagged, authority.Events[^1].State);
        authority.OnTime(TimeSpan.FromDays(80));
        Assert.Equal(
            ["warned", "penalty: a tool was found again"],
            authority.Events.Where(e => e.State == ChainState.Heard).Select(e => e.What));
    }

    [Fact]
    public void The_same_seed_gives_the_same_events()
    {
        static List<ChainEvent> Events(int seed)
        {
            var authority = new Authority([true, false, true], seed);
            for (var i = 0; i < 300; i++)
                authority.Feed(Hit(i, "t15-ndpi", There) with { Subscriber = i % 3 });
            authority.OnTime(TimeSpan.FromDays(90));
            return [.. authority.Events];
        }

        Assert.Equal(Events(5), Events(5));
        Assert.NotEqual(Events(5), Events(6));
    }

    [Fact]
    public void The_station_serves_one_after_another_by_day()
    {
        var station = new Station();
        var first = station.Visit(TimeSpan.FromHours(10));
        var second = station.Visit(TimeSpan.FromHours(10.1));
        Assert.Equal(TimeSpan.FromHours(13.2), first); // Twenty before him, twelve minutes each, from nine.
        Assert.Equal(TimeSpan.FromHours(13.4), second);
        Assert.Equal(TimeSpan.FromHours(24 + 13.2), station.Visit(TimeSpan.FromHours(20)));
    }

    [Fact]
    public void The_soft_branch_cuts_off_from_abroad_for_half_an_hour()
    {
        var soft = new SoftBranch();
        soft.Feed(Hit(1, "t28-fan-out", There));
        soft.Feed(Hit(1.4, "t28-fan-out", There));
        soft.Feed(Hit(2, "t28-fan-out", There));
        soft.Feed(Hit(3, "t25-concentration", There));
        soft.Feed(Hit(4, "t25-concentration", There));
        Assert.Equal((2, 1), (soft.Blackouts, soft.SlowDays));
    }

    private static ChainHit Hit(double hours, string rule, string destination, double weight = 1) =>
        new(TimeSpan.FromHours(hours), 0, rule, destination, weight);
}
