using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T28: a line that contacts many foreign ends without names in a short time.</summary>
internal sealed class FanOut : IDetector
{
    private const int MaxLines = 10_000; // Our limit.

    private readonly Dictionary<(NetAddress Client, byte Protocol), List<(long At, NetAddress End)>> _lines = [];

    public DetectorInfo Info { get; } = new(
        "t28-fan-out", "T28",
        "a hundred foreign addresses without a name in ten minutes from one line (then foreign blackout)",
        "few addresses, with names that the carrier's resolver gave",
        "file sharing, games, calls between peers: they were hit in fact",
        [Constants.FanOut]);

    public void Feed(FlowRecord record, ICollection<Evidence> evidence)
    {
        if (record.Foreign == false || record.ServerName is not null || record.DnsName is not null)
            return;
        var key = (record.Flow.Client, record.Flow.Protocol);
        if (!_lines.TryGetValue(key, out var ends))
        {
            if (_lines.Count == MaxLines)
                _lines.Clear();
            _lines[key] = ends = [];
        }

        var (count, minutes, _) = Constants.FanOut.Value;
        ends.RemoveAll(end => record.Begins - end.At > minutes * 60_000_000_000L);
        if (!ends.Exists(end => end.End == record.Flow.Server))
            ends.Add((record.Begins, record.Flow.Server));
        if (ends.Count >= count)
        {
            evidence.Add(new Evidence(
                Info, record.Flow, record.Subscriber, record.Begins,
                $"{ends.Count} foreign addresses without a name in {minutes} minutes"));
            ends.Clear();
        }
    }
}
