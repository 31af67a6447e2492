using Karez.Observe.Datagrams;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>Runs detectors over packets: flows, the resolver's log, records of flows, evidence.</summary>
public sealed class Watch
{
    /// <summary>The most evidence that is kept (our limit); more is only counted.</summary>
    public const int MaxEvidence = 100_000;

    private const ushort DnsPort = 53;

    private readonly IReadOnlyList<IDetector> _detectors;
    private readonly FlowTable _table;
    private readonly Dictionary<Flow, int> _subscribers = [];
    private readonly List<Evidence> _evidence = [];
    private readonly List<Evidence> _fresh = [];
    private readonly HashSet<(string Detector, FlowKey Flow, long Begins)> _told = [];
    private readonly List<FlowRecord> _records = [];

    /// <summary>Makes one.</summary>
    /// <param name="detectors">The detectors; they are this watch's alone.</param>
    /// <param name="around">What is known beside the packets.</param>
    /// <param name="capacity">The most flows at a time.</param>
    public Watch(IReadOnlyList<IDetector> detectors, Surroundings around, int capacity = 1 << 16)
    {
        _detectors = detectors;
        Around = around;
        _table = new FlowTable(capacity);
    }

    /// <summary>What is known beside the packets.</summary>
    public Surroundings Around { get; }

    /// <summary>What was found, each detector at most once a flow.</summary>
    public IReadOnlyList<Evidence> Evidence => _evidence;

    /// <summary>How much was found, kept or not.</summary>
    public long EvidenceCount { get; private set; }

    /// <summary>The records of flows that have ended.</summary>
    public IReadOnlyList<FlowRecord> Records => _records;

    /// <summary>Is shown every flow at its end.</summary>
    public Action<Flow>? OnEnd { get; init; }

    /// <summary>Takes a packet.</summary>
    /// <param name="packet">The packet; nothing of it is kept.</param>
    /// <param name="subscriber">Whose, by the manifest's index; -1 when nobody knows.</param>
    public void Feed(Packet packet, int subscriber = -1)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (_table.Feed(packet) is { } step)
        {
            if (step.IsFirst)
                _subscribers[step.Flow] = subscriber;
            Resolve(packet);
            var sighting = new Sighting(step, _subscribers[step.Flow], Around);
            foreach (var detector in _detectors)
                detector.Feed(sighting, _fresh);
            Keep(step.Flow.FirstSeen);
        }

        EndFlows();
    }

    /// <summary>Ends every flow, and shows the records to the detectors that judge those.</summary>
    /// <param name="others">Flows that are nobody's here, as the border's log has them; null for none.</param>
    public void Finish(IEnumerable<FlowRecord>? others = null)
    {
        _table.Finish();
        EndFlows();
        foreach (var record in _records.Concat(others ?? []).OrderBy(record => record.Begins).ToList())
        {
            foreach (var detector in _detectors)
                detector.Feed(record, _fresh);
            Keep(record.Begins);
        }
    }

    private void Resolve(Packet packet)
    {
        if (packet.IsUdp && packet.SourcePort == DnsPort && DnsMessage.Read(packet.Payload.Span) is { } message)
            Around.Dns.Add(packet.Destination, message, packet.Nanoseconds);
    }

    private void EndFlows()
    {
        while (_table.TryTakeEnded(out var flow))
        {
            var subscriber = _subscribers.GetValueOrDefault(flow, -1);
            _subscribers.Remove(flow);
            foreach (var detector in _detectors)
                detector.Ended(flow, subscriber, Around, _fresh);
            Keep(flow.FirstSeen);
            _records.Add(FlowRecord.Of(flow, subscriber, Around));
            OnEnd?.Invoke(flow);
        }
    }

    private void Keep(long begins)
    {
        // What is heard may be told on in turn, so the list grows while it is walked.
        for (var i = 0; i < _fresh.Count; i++)
        {
            var found = _fresh[i];
            if (!_told.Add((found.Detector.Name, found.Flow, begins)))
                continue;
            EvidenceCount++;
            if (_evidence.Count < MaxEvidence)
                _evidence.Add(found);
            foreach (var detector in _detectors)
                detector.Hear(found, _fresh);
        }

        _fresh.Clear();
    }
}
