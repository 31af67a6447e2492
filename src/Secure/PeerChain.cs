using Karez.Tls;

namespace Karez.Secure;

/// <summary>Who a server says it is, and what is wrong with that, for an own decision.</summary>
/// <param name="ServerName">The name that was asked for.</param>
/// <param name="Certificates">
/// The chain in DER, leaf first; of a resumed session, the chain of the session that gave the ticket.
/// </param>
/// <param name="Resumed">Whether the session was resumed.</param>
/// <param name="Fault">The verifier's verdict; <see cref="TlsFault.None"/> when the chain is valid.</param>
public sealed record PeerChain(
    string ServerName, IReadOnlyList<ReadOnlyMemory<byte>> Certificates, bool Resumed, TlsFault Fault);
