using Karez.Lab.Running;

namespace Karez.Lab.Router;

/// <summary>
/// What the border's flow log holds of those who are abroad and come in: which address began to talk to which, and
/// when first. A tool's exit that visits servers at home is among them, and no subscriber's capture shows it.
/// </summary>
/// <param name="clock">The run's clock.</param>
public sealed class BorderLog(RunClock clock) : ITap
{
    private const int MaxPairs = 100_000; // Our limit; further pairs are left out.
    private const int TcpFlags = 13;
    private const byte Syn = 2, Ack = 16;

    private readonly Dictionary<(uint From, uint To), TimeSpan> _pairs = [];

    /// <inheritdoc/>
    public Place Place => Place.National;

    /// <inheritdoc/>
    public void See(in Passing passing)
    {
        if (passing.Subscriber != Passing.Nobody || passing.Heading != Heading.Inward
            || !Ipv4Packet.TryRead(passing.Packet, out var packet) || !packet.HasPorts)
        {
            return;
        }

        // Of TCP the beginning says who visits whom; of UDP whoever is seen first.
        var begins = packet.Protocol == Ipv4Packet.Tcp
            ? (passing.Packet[packet.HeaderLength + TcpFlags] & (Syn | Ack)) == Syn
            : packet.Protocol == Ipv4Packet.Udp && packet.DestinationPort < packet.SourcePort;
        if (begins && _pairs.Count < MaxPairs)
            _ = _pairs.TryAdd((packet.Source, packet.Destination), passing.Time);
    }

    /// <summary>The pairs in the order of time, once the router has ended.</summary>
    public IReadOnlyList<BorderEntry> Finish() =>
    [
        .. _pairs.OrderBy(pair => pair.Value).Select(pair => new BorderEntry(
            Worlds.Wiring.AddressOf(pair.Key.From), Worlds.Wiring.AddressOf(pair.Key.To),
            (clock.Started + pair.Value - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick)),
    ];
}
