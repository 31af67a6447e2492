using Karez.Lab.Enforcement;
using Karez.Lab.Population;
using Karez.Lab.Worlds;

namespace Karez.Lab.Running;

/// <summary>
/// One subscriber goes the whole way of the chain on a simulated clock while the router runs: at each step his line is
/// what the chain says, and a name is asked for over it.
/// </summary>
internal static class LineTrial
{
    // A rule that is decisive by itself.
    private const string Rule = "t31-messenger";

    private static readonly TimeSpan s_step = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365);

    /// <summary>Goes the way with the last of them.</summary>
    public static async Task<IReadOnlyList<LineCheck>> RunAsync(World world, CancellationToken cancellationToken)
    {
        var people = world.Plan.Subscribers;
        var who = people.Count - 1;
        var authority = new Authority([.. people.Select(one => one.Tool is not null)], world.Seed);
        var checks = new List<LineCheck>();
        var (told, begun) = (0, TimeSpan.Zero);
        for (var now = TimeSpan.Zero; now < s_longest; now += s_step)
        {
            if (checks is [.., { State: ChainState.Watched }])
                break;
            authority.OnTime(now);
            for (; told < authority.Events.Count; told++)
            {
                var happened = authority.Events[told];
                if (happened.State is not (ChainState.Noticed or ChainState.Suspended or ChainState.Watched))
                    continue;
                world.Core.SetLine(who, authority.LineOf(who));
                checks.Add(new LineCheck(
                    happened.State, Math.Round((happened.At - begun).TotalDays, 2), happened.What,
                    authority.IsOnline(who), await AskAsync(world, who, cancellationToken)));
            }

            if (checks.Count > 0 || !authority.IsOnline(who))
                continue;

            // The review may pass somebody over; then there is another hit on another day.
            if (now.TotalDays % 1 == 0)
            {
                begun = now;
                authority.Feed(new ChainHit(now, who, Rule, "an address abroad"));
            }
        }

        world.Core.SetLine(who, Router.LineState.Open);
        return checks;
    }

    /// <summary>Asks the carrier's resolver for a name, which counts for nothing in any group's flows.</summary>
    private static async Task<bool> AskAsync(World world, int who, CancellationToken cancellationToken)
    {
        var name = LifeSites.Of(world.Plan, true)[0];
        var (code, _) = await world.Subscribers[who].RunAsync("getent", ["ahostsv4", name], cancellationToken);
        return code == 0;
    }
}
