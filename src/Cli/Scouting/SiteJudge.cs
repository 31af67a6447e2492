using Karez.Cli.Output;
using Karez.Server.Targets;

namespace Karez.Cli.Scouting;

/// <summary>Whether a site will do as a target, and why not.</summary>
internal static class SiteJudge
{
    // Our limit: far from the site, a node answers late for where it seems to be.
    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(150);

    public static ScoutAnswer Judge(string host, TargetVisit visit, string? redirect)
    {
        var reached = visit.Alpn is not null || visit.Group is not null;
        var against = new List<string>();
        if (visit.Trouble is { } trouble)
            against.Add(trouble);
        if (reached && !visit.ChainValid)
            against.Add("its certificate is not one that this system trusts");
        if (reached && visit.Alpn != "h2")
            against.Add("it speaks no HTTP/2, unlike most sites that browsers visit");
        if (redirect is not null)
            against.Add($"its first page leads to {redirect}; take that one");
        if (visit.RoundTrip > Near)
            against.Add("it is far from here; a site in the same network answers like a neighbour");
        return new ScoutAnswer(
            host,
            against.Count == 0,
            against,
            visit.RoundTrip > TimeSpan.Zero ? Math.Round(visit.RoundTrip.TotalMilliseconds) : null,
            visit.Alpn,
            visit.Group,
            reached ? visit.CertificateOctets : null,
            visit.Records,
            visit.After.Writes.Sum(w => w.Count),
            redirect);
    }
}
