namespace Karez.Tun.Flows;

/// <summary>Takes a datagram that came back.</summary>
/// <param name="from">Who sent it.</param>
/// <param name="payload">Its octets, only valid during the call.</param>
public delegate void DatagramAnswered(in FlowTarget from, ReadOnlySpan<byte> payload);
