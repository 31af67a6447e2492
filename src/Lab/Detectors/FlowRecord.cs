using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>One row of a carrier's flow log.</summary>
public sealed record FlowRecord
{
    /// <summary>Who talked to whom.</summary>
    public required FlowKey Flow { get; init; }

    /// <summary>Whose, by the manifest's index; -1 when nobody knows.</summary>
    public required int Subscriber { get; init; }

    /// <summary>When it began, in nanoseconds.</summary>
    public required long Begins { get; init; }

    /// <summary>When its last packet passed.</summary>
    public required long Ends { get; init; }

    /// <summary>IP octets from the client.</summary>
    public required long OctetsUp { get; init; }

    /// <summary>IP octets from the server.</summary>
    public required long OctetsDown { get; init; }

    /// <summary>Packets from the client.</summary>
    public long PacketsUp { get; init; }

    /// <summary>Packets from the server.</summary>
    public long PacketsDown { get; init; }

    /// <summary>Whether the server is abroad; null when nobody knows.</summary>
    public bool? Foreign { get; init; }

    /// <summary>The kind of the server's prefix, as in the manifest; null when nobody knows.</summary>
    public string? Kind { get; init; }

    /// <summary>The server's AS; 0 when nobody knows.</summary>
    public int Asn { get; init; }

    /// <summary>The name in the hello; null for none.</summary>
    public string? ServerName { get; init; }

    /// <summary>The hello's fingerprint; null for none.</summary>
    public string? Ja4 { get; init; }

    /// <summary>The name that a DNS answer had given for the server's address before; null for none.</summary>
    public string? DnsName { get; init; }

    /// <summary>Certificate message where in clear, else the server's encrypted flight; octets, 0 for none.</summary>
    public int CertificateOctets { get; init; }

    /// <summary>The QUIC version of its first packet; 0 for none.</summary>
    public uint QuicVersion { get; init; }

    /// <summary>The first data packets: length, negative from the server; at most 20.</summary>
    public IReadOnlyList<int> FirstSizes { get; init; } = [];

    /// <summary>Octets of both directions.</summary>
    public long Octets => OctetsUp + OctetsDown;

    /// <summary>The row of a flow.</summary>
    public static FlowRecord Of(Flow flow, int subscriber, Surroundings around)
    {
        ArgumentNullException.ThrowIfNull(flow);
        ArgumentNullException.ThrowIfNull(around);
        var place = around.Find(flow.Key.Server);
        var hello = flow.Tls?.Hello ?? flow.Quic?.Hello;
        return new FlowRecord
        {
            Flow = flow.Key,
            Subscriber = subscriber,
            Begins = flow.FirstSeen,
            Ends = flow.LastSeen,
            OctetsUp = flow.Up.Octets,
            OctetsDown = flow.Down.Octets,
            PacketsUp = flow.Up.Packets,
            PacketsDown = flow.Down.Packets,
            Foreign = place?.Foreign,
            Kind = place?.Kind,
            Asn = place?.Asn ?? 0,
            ServerName = hello?.ServerName,
            Ja4 = flow.Tls?.Hello is { } offered ? Observe.Ja4.Of(offered) : null,
            DnsName = around.Dns.NameOf(flow.Key.Client, flow.Key.Server, flow.FirstSeen),
            CertificateOctets = flow.Tls is { } tls
                ? tls.CertificateOctets > 0 ? tls.CertificateOctets : tls.ServerFlightOctets
                : 0,
            QuicVersion = flow.Quic?.Version ?? 0,
            FirstSizes =
            [
                .. flow.Packets.Where(packet => !packet.Repeated).Take(20).Select(
                    packet => packet.Direction == Observe.Direction.ClientToServer ? packet.Length : -packet.Length),
            ],
        };
    }
}
