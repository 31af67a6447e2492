using System.Globalization;
using Karez.Cli.Output;
using Karez.Server.Targets;

namespace Karez.Cli.Scouting;

/// <summary>Whether a site will do as a target, and what each thing seen of it is worth.</summary>
/// <remarks>docs/guide/nodes.md explains the reasons; every limit here is ours.</remarks>
internal static class SiteJudge
{
    // Far from the site, a node answers late for where it seems to be.
    private static readonly TimeSpan s_near = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan s_far = TimeSpan.FromMilliseconds(150);

    // Leaf and intermediate of a public authority, ECDSA, are about 1,500 octets; a lone leaf is less.
    private const int SmallChain = 1_000;

    // With ML-DSA-65 our Certificate message needs 3,544 octets of record (docs/protocols/reality.md).
    private const int RoomForMlDsa = 3_544;

    private const int ManyTickets = 4;

    /// <summary>Judges what one visit showed.</summary>
    /// <param name="host">The site as it was given.</param>
    /// <param name="visit">The handshake.</param>
    /// <param name="page">Its first page; null if it was not looked at, or did not come.</param>
    public static ScoutAnswer Judge(string host, TargetVisit visit, FirstPage? page)
    {
        var marks = new Marks();
        var reached = visit.Alpn is not null || visit.Group is not null;
        if (visit.Trouble is { } trouble)
            marks.Against.Add(trouble);
        if (reached)
        {
            JudgeHandshake(visit, marks);
            JudgeCertificate(visit, marks);
            JudgePage(visit, page, marks);
        }

        if (visit.RoundTrip > TimeSpan.Zero || reached)
            JudgeDistance(visit.RoundTrip, marks);
        return new ScoutAnswer(
            host,
            marks.Against.Count == 0,
            marks.For,
            marks.Notes,
            marks.Against,
            visit.RoundTrip > TimeSpan.Zero || reached ? Math.Round(visit.RoundTrip.TotalMilliseconds, 1) : null,
            visit.Alpn,
            visit.Group,
            reached ? visit.CertificateOctets : null,
            visit.Records,
            TicketsOf(visit),
            page?.Status,
            page?.OtherHost);
    }

    private static void JudgeHandshake(TargetVisit visit, Marks marks)
    {
        if (visit.Alpn == "h2")
            marks.For.Add("it speaks HTTP/2, as browsers expect");
        else
            marks.Against.Add("it speaks no HTTP/2, unlike most sites that browsers visit");
        if (visit.Group == "X25519MLKEM768")
            marks.For.Add("it agrees by X25519MLKEM768, a browser's first choice");
        else if (visit.Trouble is null)
            marks.Notes.Add("it agrees by X25519 alone; sites move to X25519MLKEM768, and old ones begin to stand out");
        switch (visit.Records)
        {
            case []:
                break;
            case [var whole]:
                marks.For.Add(Say($"its flight is one record of {whole} octets, which ours fills"));
                break;
            default:
                marks.For.Add(Say($"its flight of {visit.Records.Count} records has room for ours in each"));
                break;
        }

        if (visit.Records.Count > 0 && visit.Records.Max() < RoomForMlDsa)
            marks.Notes.Add(Say($"no record of its flight has the {RoomForMlDsa} octets that ML-DSA-65 links need"));
        var tickets = TicketsOf(visit);
        if (tickets == 0)
            marks.Notes.Add("it sends no tickets: simple to imitate, though few large sites do without");
        else if (tickets > ManyTickets)
            marks.Notes.Add(Say($"it sends {tickets} records after the handshake, more than most sites"));
        else
            marks.For.Add(Say($"it sends {tickets} records after the handshake, as most sites do"));
    }

    private static void JudgeCertificate(TargetVisit visit, Marks marks)
    {
        if (!visit.ChainValid)
            marks.Against.Add("its certificate is not one that this system trusts");
        if (visit.CertificateOctets < SmallChain)
        {
            marks.Against.Add(Say(
                $"it shows {visit.CertificateOctets} octets of certificates, fewer than any public authority's chain"));
        }
        else if (visit.ChainValid)
        {
            marks.For.Add(Say($"its chain of {visit.CertificateOctets} octets is trusted and of an ordinary size"));
        }
    }

    private static void JudgePage(TargetVisit visit, FirstPage? page, Marks marks)
    {
        if (page is null)
        {
            if (visit is { Trouble: null, ChainValid: true })
                marks.Notes.Add("its first page did not come");
            return;
        }

        if (page.OtherHost is { } other)
            marks.Against.Add($"its first page leads to {other}; take that one");
        else if (page.Status >= 500)
            marks.Against.Add(Say($"its first page fails ({page.Status}); strangers would see that"));
        else if (page.Status >= 400)
            marks.Notes.Add(Say($"its first page is refused ({page.Status})"));
        else if (page.Status >= 300)
            marks.Notes.Add("its first page leads to another on the same host");
        else
            marks.For.Add("its first page is its own");
    }

    private static void JudgeDistance(TimeSpan roundTrip, Marks marks)
    {
        var milliseconds = roundTrip.TotalMilliseconds;
        if (roundTrip > s_far)
            marks.Against.Add(Say($"it is {milliseconds:0} ms away; a node in front of it would answer late"));
        else if (roundTrip > s_near)
            marks.Notes.Add(Say($"it is {milliseconds:0} ms away; one in the same network answers like a neighbour"));
        else
            marks.For.Add(milliseconds < 1 ? "it is near, under 1 ms" : Say($"it is near, {milliseconds:0} ms"));
    }

    private static int TicketsOf(TargetVisit visit) => visit.After.Writes.Sum(w => w.Count);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What speaks for it, what is worth knowing, what rules it out.</summary>
    private sealed class Marks
    {
        public List<string> For { get; } = [];

        public List<string> Notes { get; } = [];

        public List<string> Against { get; } = [];
    }
}
