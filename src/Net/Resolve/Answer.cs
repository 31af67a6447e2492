using System.Net;

namespace Karez.Net.Resolve;

/// <summary>The answer to a look-up.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Addresses">The addresses, in the order in which to try them; empty unless found.</param>
public sealed record Answer(ResolveStatus Status, IReadOnlyList<IPAddress> Addresses);
