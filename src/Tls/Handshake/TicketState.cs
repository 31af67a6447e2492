using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <summary>What a ticket says to the server that sealed it.</summary>
/// <param name="CipherSuite">The suite of the session.</param>
/// <param name="IssuedAt">When it was given.</param>
/// <param name="AgeAdd">ticket_age_add.</param>
/// <param name="Psk">The pre-shared key; whoever holds the state disposes it.</param>
/// <param name="Alpn">The application protocol of the session.</param>
internal readonly record struct TicketState(
    CipherSuite CipherSuite, Instant IssuedAt, uint AgeAdd, Secret Psk, string? Alpn);
