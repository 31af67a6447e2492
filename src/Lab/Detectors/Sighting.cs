using Karez.Observe;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>A packet as detectors get it; valid during the call.</summary>
/// <param name="Step">What it did to its flow.</param>
/// <param name="Subscriber">Whose flow, by the manifest's index; -1 when nobody knows.</param>
/// <param name="Around">What else the observer knows.</param>
public readonly record struct Sighting(FlowStep Step, int Subscriber, Surroundings Around)
{
    /// <summary>The packet.</summary>
    public Packet Packet => Step.Packet;

    /// <summary>Its flow.</summary>
    public Flow Flow => Step.Flow;

    /// <summary>Whether the client sent it.</summary>
    public bool IsUp => Step.Direction == Direction.ClientToServer;

    /// <summary>Evidence about this flow, now.</summary>
    public Evidence Tell(DetectorInfo detector, string what) =>
        new(detector, Flow.Key, Subscriber, Packet.Nanoseconds, what);
}
