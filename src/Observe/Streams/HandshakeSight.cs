namespace Karez.Observe.Streams;

/// <summary>A handshake message that was sent in clear.</summary>
/// <param name="Type">Its number in the registry: 1 client_hello, 2 server_hello, 11 certificate.</param>
/// <param name="Length">Its length in octets, the header's four included.</param>
public readonly record struct HandshakeSight(byte Type, int Length);
