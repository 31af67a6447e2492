using Karez.Lab.Detectors;

namespace Karez.Lab.Population;

/// <summary>All flows of a session to one server.</summary>
/// <param name="First">The first one's row.</param>
/// <param name="Flows">How many there are.</param>
/// <param name="Octets">Octets of all of them.</param>
internal sealed record PooledRow(FlowRecord First, int Flows, long Octets);
