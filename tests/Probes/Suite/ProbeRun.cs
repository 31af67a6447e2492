using System.Net;
using System.Net.Sockets;
using Karez.Probes.Raw;
using Karez.Probes.Script;
using Karez.Probes.Visits;

namespace Karez.Probes.Suite;

/// <summary>Runs one probe once against one door.</summary>
public static class ProbeRun
{
    /// <summary>What the stranger saw; a probe that does not end is reported, not waited for.</summary>
    public static async Task<Observation> OnceAsync(
        IPEndPoint door, Probe probe, ProbeContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(door, probe, context, cancellationToken).WaitAsync(Longest, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new Observation("the probe did not end", null, null, $"no end after {Longest.TotalSeconds} s");
        }
    }

    private static async Task<Observation> RunAsync(
        IPEndPoint door, Probe probe, ProbeContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (probe.Steps.OfType<VisitStep>().FirstOrDefault() is { } visit)
                return await TlsVisit.RunAsync(door, visit, context, cancellationToken);
            if (probe.IsVisit)
                return await ClientVisit.RunAsync(door, probe.Steps.OfType<ClientStep>(), context, cancellationToken);
            return await Prober.RunAsync(door, probe, context, false, cancellationToken);
        }
        catch (SocketException e)
        {
            return new Observation($"no connection: {e.SocketErrorCode}", null, null, null);
        }
    }

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);
}
