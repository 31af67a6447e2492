using Karez.Observe;

namespace Karez.Browsers;

/// <summary>What a listener got from one connection before it closed it.</summary>
/// <param name="Hello">The ClientHello.</param>
/// <param name="Records">The records of the first flight.</param>
/// <param name="Reads">Octets per read: as the listener reads at once, the pieces in which the browser wrote.</param>
internal sealed record Visit(HelloFields Hello, IReadOnlyList<RecordSight> Records, IReadOnlyList<int> Reads);
