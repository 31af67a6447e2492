using Karez.Observe;
using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>T22: the records behind the Finished are not those that the genuine server sends.</summary>
internal sealed class TicketLengths : IDetector
{
    private const int Looked = 2;

    public DetectorInfo Info { get; } = new(
        "t22-tickets", "T22",
        "lengths of the server's first records behind the client's Finished that the genuine site never sends",
        "the site's own tickets, as it sends them to this very hello",
        "genuine servers' tickets may vary in length: their variants must all be known",
        [Constants.Finished]);

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
        if (flow.Tls?.Hello?.ServerName is not { } name || !around.Tickets.TryGetValue(name, out var known)
            || !known.IsKnown || LengthsOf(flow) is not { } lengths || known.Lengths.Contains(lengths))
            return;
        evidence.Add(new Evidence(
            Info, flow.Key, subscriber, flow.LastSeen,
            $"records of {lengths} behind the Finished, {name} sends {string.Join(" or ", known.Lengths.Order())}"));
    }

    /// <summary>
    /// The lengths of the server's first records behind the client's Finished; null when there are none.
    /// </summary>
    public static string? LengthsOf(Flow flow)
    {
        if (flow.Tls is not { IsTls13: true, HandshakeDone: true } tls)
            return null;
        var lengths = tls.Records.Skip(tls.AfterHandshake)
            .Where(record => record.Direction == Direction.ServerToClient).Take(Looked)
            .Select(record => record.Record.Length).ToList();
        return lengths.Count == Looked ? string.Join('+', lengths) : null;
    }
}
