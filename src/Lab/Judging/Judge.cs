using Karez.Lab.Detectors;
using Karez.Lab.Findings;
using Karez.Lab.Running;
using Karez.Lab.Statistics;
using Karez.Observe.Packets;

namespace Karez.Lab.Judging;

/// <summary>Judges one finished capture of one client.</summary>
public static class Judge
{
    /// <summary>Judges.</summary>
    /// <param name="capture">The capture.</param>
    /// <param name="site">A browser's direct visits to the site that the tool shows; null for none.</param>
    /// <exception cref="LabException">A capture is refused, or cannot be read.</exception>
    public static Judgement Of(CaptureFile capture, CaptureFile? site)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var manifest = Clients.Check(capture);
        var around = new Surroundings(manifest);
        foreach (var name in Constants.MessengerNames.Value)
            around.BlockedNames.Add(name);
        var genuine = site is null ? null : Learn(site, around);
        var detectors = DetectorCatalogue.All().Where(each => each is not Multiplexing)
            .Append(new Multiplexing(genuine?.Limit)).ToList();
        var features = new List<IReadOnlyDictionary<string, double>>();
        var watch = new Watch(detectors, around) { OnEnd = flow => Genuine.Keep(flow, features) };
        var subscribers = SubscribersOf(manifest);
        foreach (var packet in capture.Packets().Where(Clients.IsJudged))
            watch.Feed(packet, SubscriberOf(packet, subscribers));
        watch.Finish();
        return new Judgement(
            Path.GetFileName(capture.Path),
            site is null ? null : Path.GetFileName(site.Path),
            watch.Records.Count,
            Flagged(watch),
            genuine is null ? null : FlowComparison.Of(features, genuine.Features),
            [.. Notes(around, genuine)]);
    }

    private static Genuine Learn(CaptureFile site, Surroundings around)
    {
        Clients.Check(site);
        return Genuine.Learn(site.Packets().Where(Clients.IsJudged), around)
            ?? throw new LabException(
                $"{site.Path} holds no whole TLS handshake", "capture a browser's direct visits to the site");
    }

    private static List<JudgedFlow> Flagged(Watch watch)
    {
        var records = watch.Records.OrderBy(record => record.Begins).ToList();
        var begin = records.Count > 0 ? records[0].Begins : 0;
        var evidence = watch.Evidence.ToLookup(found => found.Flow);
        var used = new HashSet<Evidence>();
        var flagged = new List<JudgedFlow>();
        for (var i = 0; i < records.Count; i++)
        {
            // Ports may be used again: what was found belongs to the flow during which it was.
            var record = records[i];
            var found = evidence[record.Flow]
                .Where(each => each.Nanoseconds >= record.Begins && each.Nanoseconds <= record.Ends && used.Add(each))
                .Select(Told).ToList();
            if (found.Count == 0)
                continue;
            var protocol = record.Flow.Protocol == Packet.Tcp ? "tcp" : "udp";
            flagged.Add(new JudgedFlow(
                i + 1,
                $"{protocol} {record.Flow.Server} port {record.Flow.ServerPort}",
                Math.Round((record.Begins - begin) / 1e9, 3),
                record.ServerName,
                found));
        }

        return flagged;
    }

    private static JudgedEvidence Told(Evidence found) => new(
        found.Detector.Name,
        found.Detector.Technique,
        found.What,
        found.Detector.Tag switch
        {
            ConstantTag.Published => "published",
            ConstantTag.FromMemory => "from memory",
            _ => "assumed",
        },
        found.Detector.Source,
        found.Detector.FalsePositives,
        found.Detector.Fix);

    private static IEnumerable<string> Notes(Surroundings around, Genuine? genuine)
    {
        yield return "no evidence says only that these detectors, with these constants, found none in these flows";
        yield return "active probing (T10, T11, T22, T23) and learners are not part of judging a file";
        if (!around.HasGeography)
        {
            yield return "whose the addresses are is not known here: T20 and T21's AS rule said nothing, "
                + "every server counts as abroad";
        }

        if (genuine is null)
            yield return "without --site nothing is compared with a browser, and T22 said nothing";
        else if (genuine.Features.Count < FlowComparison.Least)
        {
            yield return $"the site's capture has {genuine.Features.Count} flows; "
                + $"the comparison needs {FlowComparison.Least} on either side";
        }
    }

    private static Dictionary<NetAddress, int> SubscribersOf(RunManifest? manifest) =>
        (manifest?.Subscribers ?? []).Select((each, index) => (Address: NetAddress.Parse(each.Address), index))
            .ToDictionary(entry => entry.Address, entry => entry.index);

    private static int SubscriberOf(Packet packet, Dictionary<NetAddress, int> subscribers) =>
        subscribers.TryGetValue(packet.Source, out var index) || subscribers.TryGetValue(packet.Destination, out index)
            ? index
            : -1;
}
