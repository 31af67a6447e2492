using System.Net;
using Karez.Probes.Nodes;
using Karez.Probes.Raw;
using Karez.Probes.Script;

namespace Karez.Probes.Suite;

/// <summary>Repeats a timed probe at three doors in turns, so that the machine's moods fall on all alike.</summary>
public static class TimingRun
{
    /// <summary>Times one probe; null when this target never does what is timed.</summary>
    public static async Task<TimingVerdict?> RunAsync(
        Probe probe, Sides sides, int repetitions, CancellationToken cancellationToken)
    {
        await using var hop = new TcpRelay(sides.Bare);
        var context = await sides.ContextAsync(probe, cancellationToken);
        IPEndPoint[] doors = [sides.Bare, hop.Endpoint, sides.Node];
        List<double>[] times = [[], [], []];
        for (var i = -Warming; i < repetitions; i++)
        {
            for (var d = 0; d < doors.Length; d++)
            {
                var door = (d + i + Warming) % doors.Length;
                var seen = await Prober.RunAsync(doors[door], probe, context, true, cancellationToken);
                var moment = probe.Timed == Timed.Close ? seen.Closed : seen.FirstOctet;
                if (moment is null && door == 0)
                    return null;
                // a door that does not do what the target does is as late as can be
                if (i >= 0)
                    times[door].Add(moment?.TotalMilliseconds ?? 5000);
            }
        }

        return new TimingVerdict($"{probe.Name} {probe.Timed}", times[0], times[1], times[2]);
    }

    private const int Warming = 3;
}
