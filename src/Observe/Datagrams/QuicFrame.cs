namespace Karez.Observe.Datagrams;

/// <summary>One frame of a QUIC Initial packet (RFC 9000 section 12.4); a run of PADDING is one.</summary>
/// <param name="Type">0 PADDING, 1 PING, 2 and 3 ACK, 6 CRYPTO.</param>
/// <param name="Offset">CRYPTO: where its octets belong.</param>
/// <param name="Length">CRYPTO: how many; PADDING: how many octets of it.</param>
public readonly record struct QuicFrame(ulong Type, long Offset, int Length);
