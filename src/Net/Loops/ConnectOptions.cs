using System.Net;

namespace Karez.Net.Loops;

/// <summary>How an outgoing connection is made.</summary>
/// <param name="Mark">SO_MARK for policy routing; 0 sets none. Needs CAP_NET_ADMIN.</param>
/// <param name="Source">The source address; null leaves it to the routing table.</param>
/// <param name="Patience">
/// How long written octets may stay unacknowledged before the connection is over; null leaves it to the kernel, which
/// takes a quarter of an hour.
/// </param>
public sealed record ConnectOptions(uint Mark = 0, IPAddress? Source = null, TimeSpan? Patience = null)
{
    /// <summary>Nothing special.</summary>
    public static ConnectOptions Default { get; } = new();
}
