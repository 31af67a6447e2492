using Karez.Proxy;

namespace Karez.Client;

/// <summary>Takes a datagram that came through the channel.</summary>
/// <param name="source">Who sent it.</param>
/// <param name="payload">Its octets, only valid during the call.</param>
internal delegate void DatagramReceiver(in Destination source, ReadOnlySpan<byte> payload);
