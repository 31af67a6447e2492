using System.Globalization;
using Karez.Lab.Detectors;
using Karez.Lab.Running;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Findings;

/// <summary>Lets the detectors of a scenario look at the captures of its run.</summary>
internal static class TrafficReader
{
    private const int Step = 20_000;

    /// <summary>Reads all captures as one, as the carrier saw them. The same captures give the same findings.</summary>
    /// <exception cref="LabException">A capture is missing, or not of this run.</exception>
    public static RunTraffic Read(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken)
    {
        var manifest = run.Manifest;
        var around = new Surroundings(manifest);
        around.BlockedNames.UnionWith(Constants.MessengerNames.Value);
        foreach (var censor in run.Scenario.Censors ?? [])
            around.BlockedNames.UnionWith(censor.Names ?? []);
        var detectors = Detectors(run, around);
        var servers = manifest.Tools.ToDictionary(tool => NetAddress.Parse(tool.Entry), tool => tool.Name);
        var sessions = new SessionSlots(manifest);
        var measured = new List<(IReadOnlyDictionary<string, double> Features, float[] Trace)>();
        var watch = new Watch(detectors, around)
        {
            OnEnd = flow => measured.Add((Statistics.FeatureSet.Of(flow), PacketTrace.Of(flow))),
        };
        long count = 0;
        foreach (var (packet, subscriber) in MergedCaptures.Of(run.Folder, manifest, _ => true))
        {
            watch.Feed(packet, subscriber);
            if (++count % Step != 0)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            progress.Tell(string.Create(CultureInfo.InvariantCulture, $"{count} packets, {watch.Records.Count} flows"));
        }

        watch.Finish(BorderEntry.Read(run.Folder).Select(Record));
        var flows = watch.Records.Select((record, i) => new SeenFlow
        {
            Record = record,
            Tool = servers.GetValueOrDefault(record.Flow.Server),
            Session = sessions.At(record.Subscriber, record.Begins),
            Features = measured[i].Features,
            Trace = measured[i].Trace,
        }).OrderBy(flow => flow.Record.Begins).ToList();
        Attach(watch.Evidence, flows);
        return new RunTraffic(manifest, [.. detectors.Select(detector => detector.Info)], flows);
    }

    /// <summary>Somebody abroad who visited somebody at home; how much they said is not in the log.</summary>
    private static FlowRecord Record(BorderEntry entry) => new()
    {
        Flow = new FlowKey(
            Router.Ipv4Packet.Tcp, NetAddress.Parse(entry.From), 0, NetAddress.Parse(entry.To), 0),
        Subscriber = -1,
        Begins = entry.Nanoseconds,
        Ends = entry.Nanoseconds,
        OctetsUp = 0,
        OctetsDown = 0,
        Foreign = false,
    };

    /// <summary>The scenario's detectors, with what the run's own browsers show.</summary>
    private static List<IDetector> Detectors(FinishedRun run, Surroundings around)
    {
        var browsing = run.Manifest.Sessions.Where(session => session.Kind != RunTraffic.Fetch)
            .Select(session => session.Subscriber).ToHashSet();
        bool Direct(int subscriber) =>
            run.Manifest.Subscribers[subscriber].Tool is null && browsing.Contains(subscriber);
        var genuine = Genuine.Learn(
            MergedCaptures.Of(run.Folder, run.Manifest, Direct).Select(each => each.Packet), around);
        return
        [
            .. DetectorCatalogue.Named([.. run.Scenario.Detectors ?? []])
                .Select(each => each is Multiplexing ? new Multiplexing(genuine?.Limit) : each),
        ];
    }

    /// <summary>Ports may be used again: what was found belongs to the flow during which it was.</summary>
    private static void Attach(IReadOnlyList<Evidence> found, List<SeenFlow> flows)
    {
        var byKey = flows.ToLookup(flow => flow.Record.Flow);
        foreach (var evidence in found)
        {
            var of = byKey[evidence.Flow].LastOrDefault(flow => flow.Record.Begins <= evidence.Nanoseconds)
                ?? byKey[evidence.Flow].FirstOrDefault();
            of?.Evidence.Add(evidence);
        }
    }
}
