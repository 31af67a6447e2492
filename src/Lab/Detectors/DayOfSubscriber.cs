using System.Globalization;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>
/// T25: a day's foreign traffic of a subscriber that goes to one address, or a flow that is long and large.
/// </summary>
internal sealed class DayOfSubscriber : IDetector
{
    private const long Hour = 3_600_000_000_000;
    private const long Day = 24 * Hour;
    private const int MaxDays = 10_000; // Our limit: subscribers times days.

    private readonly Dictionary<(int Subscriber, NetAddress Client, long Day), Dictionary<NetAddress, Sum>> _days = [];

    public DetectorInfo Info { get; } = new(
        "t25-concentration", "T25",
        "one foreign address takes most of a day's foreign traffic, or is active most hours; a long, large flow",
        "several addresses and servers, rotated; domestic traffic kept out; shorter connections",
        "app stores, video, games, companies' own tunnels; a hosting AS is the second factor",
        [Constants.Concentration, Constants.LongFlow]);

    public void Feed(FlowRecord record, ICollection<Evidence> evidence)
    {
        if (record.Foreign == false)
            return;
        var life = record.Ends - record.Begins;
        if (life >= Constants.LongFlow.Value.Hours * Hour && record.Octets >= Constants.LongFlow.Value.Octets)
            evidence.Add(Tell(record, string.Create(
                CultureInfo.InvariantCulture,
                $"one flow of {life / (double)Hour:F1} h and {record.Octets / 1e6:F0} MB")));
        var key = (record.Subscriber, record.Flow.Client, record.Begins / Day);
        if (!_days.TryGetValue(key, out var day))
        {
            if (_days.Count == MaxDays)
                _days.Clear();
            _days[key] = day = [];
        }

        if (!day.TryGetValue(record.Flow.Server, out var sum))
            day[record.Flow.Server] = sum = new Sum();
        sum.Octets += record.Octets;
        for (var hour = record.Begins % Day / Hour; hour <= Math.Min(23, ((record.Begins % Day) + life) / Hour); hour++)
            sum.Hours |= 1 << (int)hour;
        // Content networks count among the foreign octets, and are excused as a carrier would.
        if (record.Kind == "cdn")
            return;
        var total = day.Values.Sum(each => each.Octets);
        var (octets, share, hours) = Constants.Concentration.Value;
        if (total >= octets && sum.Octets >= share * total)
            evidence.Add(Tell(record, string.Create(
                CultureInfo.InvariantCulture,
                $"{sum.Octets * 100.0 / total:F0} % of {total / 1e6:F0} MB in a day to {record.Flow.Server}")));
        else if (System.Numerics.BitOperations.PopCount((uint)sum.Hours) >= hours)
            evidence.Add(Tell(record, $"{record.Flow.Server} in {hours} hours of a day or more"));
    }

    private Evidence Tell(FlowRecord record, string what) =>
        new(Info, record.Flow, record.Subscriber, record.Ends, what);

    private sealed class Sum
    {
        public long Octets { get; set; }

        public int Hours { get; set; }
    }
}
