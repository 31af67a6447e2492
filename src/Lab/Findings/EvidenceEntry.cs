namespace Karez.Lab.Findings;

/// <summary>A piece of evidence in <c>evidence.json</c>: per subscriber-day and session, all synthetic.</summary>
/// <param name="Subscriber">By the manifest's index.</param>
/// <param name="Day">The day of the run; captured time is day 0.</param>
/// <param name="Session">By the manifest's index; -1 outside of any.</param>
/// <param name="Tunnel">Whether it is of the tunnel's flow, or of something beside it.</param>
/// <param name="Detector">Which detector.</param>
/// <param name="Seconds">When, since the run's start.</param>
/// <param name="Flow">Which flow.</param>
/// <param name="What">What it saw.</param>
public sealed record EvidenceEntry(
    int Subscriber, int Day, int Session, bool Tunnel, string Detector, double Seconds, string Flow, string What)
{
    /// <summary>The file's name in a run's folder.</summary>
    public const string FileName = "evidence.json";

    private const long DayLength = 86_400_000_000_000;

    internal static IReadOnlyList<EvidenceEntry> Of(RunTraffic traffic)
    {
        var start = (traffic.Manifest.Started - DateTimeOffset.UnixEpoch).Ticks * 100;
        return
        [
            .. from flow in traffic.Flows
               from found in flow.Evidence
               let since = found.Nanoseconds - start
               select new EvidenceEntry(
                   flow.Record.Subscriber, (int)(since / DayLength), flow.Session, flow.Tool is not null,
                   found.Detector.Name, Math.Round(since / 1e9, 3), flow.Record.Flow.ToString(), found.What),
        ];
    }
}
