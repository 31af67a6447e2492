using System.Globalization;
using Karez.Observe;
using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>T16: the quickest answer takes longer than TCP's round trip to the same server.</summary>
internal sealed class CrossLayer : IDetector
{
    private const double PerMillisecond = 1_000_000;

    public DetectorInfo Info { get; } = new(
        "t16-rtt", "T16",
        "answers always take longer than TCP's round trip: somebody relays",
        "none in the wild; a relay near the user or near the sites makes it small",
        "servers that think long about every answer",
        [Constants.CrossLayer, Constants.LeastAnswer]);

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
        var (exchanges, least, factor) = Constants.CrossLayer.Value;
        if (flow.Tls is not { HandshakeDone: true } tls || flow.ServerLeg.Shortest < 0)
            return;
        var start = tls.Records[tls.AfterHandshake - 1].Nanoseconds;
        // The first answer behind the handshake may be tickets, which wait for nobody.
        var waits = Waits(flow, start).Skip(1).ToList();
        if (waits.Count < exchanges)
            return;
        // The least of few. Of many a quarter may be less: frames of the server's own accord cross requests.
        var wait = waits.Order().ElementAt((waits.Count - 1) / 4);
        var (answer, round) = (wait / PerMillisecond, flow.ServerLeg.Shortest / PerMillisecond);
        if (answer - round >= least && answer >= round * factor)
        {
            evidence.Add(new Evidence(Info, flow.Key, subscriber, flow.LastSeen, string.Create(
                CultureInfo.InvariantCulture,
                $"quick ones of {waits.Count} answers take {answer:F1} ms, TCP's round trip {round:F1} ms")));
        }
    }

    private static IEnumerable<long> Waits(Flow flow, long start)
    {
        for (var i = 0; i + 1 < flow.Bursts.Count; i++)
        {
            var (asked, answered) = (flow.Bursts[i], flow.Bursts[i + 1]);
            if (asked.Direction == Direction.ClientToServer && asked.First > start
                && answered.Octets >= Constants.LeastAnswer.Value)
                yield return answered.First - asked.Last;
        }
    }
}
