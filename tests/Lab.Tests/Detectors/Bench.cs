using System.Runtime.CompilerServices;
using Karez.Lab.Detectors;
using Karez.Lab.Judging;
using Karez.Observe.Packets;

namespace Karez.Lab.Tests.Detectors;

/// <summary>Runs detectors over captures and made-up packets.</summary>
internal static class Bench
{
    public static string Capture(string name, [CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "../Captures", name + ".pcap");

    public static List<Packet> Read(string name) =>
        [.. CaptureFile.At(Capture(name)).Packets().Select(p => p with { Payload = p.Payload.ToArray() })];

    public static Watch Run(IEnumerable<Packet> packets, Surroundings? around = null, params IDetector[] detectors)
    {
        var watch = new Watch(detectors.Length > 0 ? detectors : DetectorCatalogue.All(), around ?? Known());
        foreach (var packet in packets.OrderBy(p => p.Nanoseconds))
            watch.Feed(packet, 0);
        watch.Finish();
        return watch;
    }

    /// <summary>The names of the detectors that found something.</summary>
    public static HashSet<string> Hits(IEnumerable<Packet> packets, Surroundings? around = null, params IDetector[] ones) =>
        [.. Run(packets, around, ones).Evidence.Select(found => found.Detector.Name)];

    /// <summary>An address plan like a run's, one blocked name.</summary>
    public static Surroundings Known(params string[] blocked)
    {
        var around = new Surroundings();
        foreach (var name in blocked)
            around.BlockedNames.Add(name);
        return around;
    }
}
