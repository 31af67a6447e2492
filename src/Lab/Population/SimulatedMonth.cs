using Karez.Lab.Detectors;
using Karez.Lab.Enforcement;
using Karez.Lab.Router;
using Karez.Observe.Packets;

namespace Karez.Lab.Population;

/// <summary>
/// Days of simulated people, put together from captured sessions: what the rules hit on each. Nothing about a tool's
/// flows is written here; what was not captured does not happen.
/// </summary>
internal static class SimulatedMonth
{
    private const long Day = 86_400_000_000_000;

    /// <summary>The hits of so many people on so many days, in the order of time.</summary>
    /// <param name="pool">The captured sessions.</param>
    /// <param name="people">How many people; they are numbered from 0.</param>
    /// <param name="days">How many days.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="rules">Detectors that judge a carrier's log, which see the simulated days themselves.</param>
    public static List<ChainHit> Hits(
        SessionPool pool, int people, int days, int seed, Func<IReadOnlyList<IDetector>> rules)
    {
        var hits = new List<ChainHit>();
        for (var person = 0; person < people; person++)
        {
            // The plan of a day depends on the person, not on the group: a twin's days are alike.
            var random = new Random(Seeds.Of(seed, $"days of {person}"));
            var detectors = rules();
            var found = new List<Evidence>();
            for (var day = 0; day < days; day++)
            {
                foreach (var (at, session) in Plan(pool, random, day))
                {
                    hits.AddRange(session.Hits.Select(
                        hit => new ChainHit(at, person, hit.Rule, hit.Server, hit.Count)));
                    foreach (var row in session.Rows)
                    {
                        var record = Row(row, person, at, session.Seconds);
                        foreach (var detector in detectors)
                            detector.Feed(record, found);
                    }
                }

                // What a log says of a day is one hit a rule and server, however many rows say it.
                hits.AddRange(found.Select(each => new ChainHit(
                    TimeSpan.FromTicks(each.Nanoseconds / 100), person, each.Detector.Name,
                    each.Flow.Server.ToString())).DistinctBy(hit => (hit.Rule, hit.Destination)));
                found.Clear();
            }
        }

        hits.Sort((one, other) => one.At.CompareTo(other.At));
        return hits;
    }

    private static IEnumerable<(TimeSpan At, PooledSession Session)> Plan(SessionPool pool, Random random, int day)
    {
        var (median, sigma) = Constants.SessionsADay.Value;
        var (from, to) = Constants.WakingHours.Value;
        var (u, v) = (1 - random.NextDouble(), random.NextDouble());
        var count = (int)(median * Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v)));
        var start = TimeSpan.FromDays(day);
        var times = Enumerable.Range(0, Math.Max(1, count))
            .Select(_ => start + TimeSpan.FromHours(from + (random.NextDouble() * (to - from)))).Order().ToList();
        var draws = times.ConvertAll(_ => random.NextDouble());
        if (pool.Standing.Count > 0)
        {
            var standing = pool.Standing[(int)(draws[0] * pool.Standing.Count)];
            yield return (times[0], standing with { Rows = [] });
            for (var i = 0; i < times.Count; i++)
                yield return (times[i], standing with { Hits = [] });
        }

        for (var i = 0; i < times.Count; i++)
            yield return (times[i], pool.Sessions[(int)(draws[i] * pool.Sessions.Count)]);
    }

    private static FlowRecord Row(PooledRow row, int person, TimeSpan at, double seconds)
    {
        var begins = at.Ticks * 100;
        return row.First with
        {
            Subscriber = person,
            Flow = row.First.Flow with { Client = new NetAddress((uint)person, false) },
            Begins = begins,
            Ends = Math.Min(begins + (long)(seconds * 1e9), ((begins / Day) + 1) * Day - 1),
            OctetsUp = 0,
            OctetsDown = row.Octets,
        };
    }
}
