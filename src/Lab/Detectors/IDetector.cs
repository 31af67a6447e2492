using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>
/// Judges packets, flows, or records of flows. Pure: the same input gives the same evidence. Memory is bounded, and
/// what is kept for a flow goes with its end.
/// </summary>
public interface IDetector
{
    /// <summary>What it is.</summary>
    DetectorInfo Info { get; }

    /// <summary>Sees a packet.</summary>
    void Feed(in Sighting sighting, ICollection<Evidence> evidence)
    {
    }

    /// <summary>Sees the end of a flow.</summary>
    void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
    }

    /// <summary>Sees the record of a flow, as a carrier keeps it; in the order of their beginnings.</summary>
    void Feed(FlowRecord record, ICollection<Evidence> evidence)
    {
    }

    /// <summary>Hears what another detector found.</summary>
    void Hear(Evidence found, ICollection<Evidence> evidence)
    {
    }
}
