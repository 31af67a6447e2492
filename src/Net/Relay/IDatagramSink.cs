using System.Net;

namespace Karez.Net.Relay;

/// <summary>Takes what <see cref="DatagramPump"/> receives.</summary>
public interface IDatagramSink
{
    /// <summary>Takes a datagram, or drops it; never waits.</summary>
    /// <param name="source">Who sent it.</param>
    /// <param name="payload">Its octets, only valid during the call.</param>
    void Take(IPEndPoint source, ReadOnlySpan<byte> payload);

    /// <summary>Called when there is nothing more for now: what was collected may leave.</summary>
    void Flush();
}
