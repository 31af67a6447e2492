using Karez.Observe.Packets;
using Karez.Observe.Streams;

namespace Karez.Observe.Flows;

/// <summary>What one packet did to its flow; valid until the table is fed again.</summary>
/// <param name="Packet">The packet.</param>
/// <param name="Flow">Its flow, the packet already counted.</param>
/// <param name="Direction">Which way it went.</param>
/// <param name="IsFirst">Whether it began the flow.</param>
/// <param name="Repeated">Whether its octets had been sent before.</param>
/// <param name="Pieces">Octets of the stream that are in order now (TCP).</param>
/// <param name="Records">TLS records that ended with them.</param>
public readonly record struct FlowStep(
    Packet Packet,
    Flow Flow,
    Direction Direction,
    bool IsFirst,
    bool Repeated,
    IReadOnlyList<StreamPiece> Pieces,
    IReadOnlyList<RecordSight> Records);
