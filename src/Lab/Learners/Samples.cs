using Karez.Lab.Findings;

namespace Karez.Lab.Learners;

/// <summary>Makes samples of a run's flows; pure.</summary>
internal static class Samples
{
    /// <summary>The TLS flows of a group with a whole handshake.</summary>
    public static List<Sample> Of(RunTraffic traffic, string group, FeatureKind kind) =>
    [
        .. traffic.FlowsOf(group).Where(flow => flow.Features.Count > 0).Select(flow => new Sample
        {
            Features = kind == FeatureKind.Flow
                ? [.. flow.Features.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => (float)each.Value)]
                : flow.Trace[..PacketTrace.Packets],
            Subscriber = flow.Record.Subscriber,
            Site = flow.Session < 0 ? "" : new Uri(traffic.Manifest.Sessions[flow.Session].What).Host,
            Begins = flow.Record.Begins,
        }),
    ];

    /// <summary>
    /// Keeps flows for learning and flows for testing apart. The fold says which part is tested: with two folds every
    /// flow is tested once.
    /// </summary>
    public static (List<Sample> Learn, List<Sample> Test) Split(
        IReadOnlyList<Sample> all, SplitKind kind, int fold, Func<int, int> person)
    {
        Func<Sample, int> part;
        if (kind == SplitKind.Time)
        {
            var middle = all.Count == 0 ? 0 : all.Select(sample => sample.Begins).Order().ElementAt(all.Count / 2);
            part = sample => sample.Begins < middle ? 0 : 1;
        }
        else if (kind == SplitKind.Site)
        {
            var sites = all.Select(sample => sample.Site).Distinct().Order(StringComparer.Ordinal)
                .Select((site, i) => (site, i)).ToDictionary(each => each.site, each => each.i % 2);
            part = sample => sites[sample.Site];
        }
        else
        {
            var people = PartsOf(all, person);
            part = sample => people[person(sample.Subscriber)];
        }

        return (all.Where(s => part(s) != fold).ToList(), all.Where(s => part(s) == fold).ToList());
    }

    /// <summary>In which half each person is, where people are kept apart.</summary>
    public static Dictionary<int, int> PartsOf(IReadOnlyList<Sample> all, Func<int, int> person) =>
        all.Select(sample => person(sample.Subscriber)).Distinct().Order().Select((one, i) => (one, i))
            .ToDictionary(each => each.one, each => each.i % 2);
}
