using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <summary>What a client keeps to resume a session (RFC 8446 section 4.6.1).</summary>
public sealed class ResumptionTicket : IDisposable
{
    /// <summary>The longest lifetime that is honoured (law: RFC 8446 section 4.6.1): seven days.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(7);

    /// <summary>The suite of the session: its hash belongs to the key.</summary>
    public required CipherSuite CipherSuite { get; init; }

    /// <summary>The pre-shared key.</summary>
    public required Secret Psk { get; init; }

    /// <summary>The ticket: the identity that is shown to the server.</summary>
    public required ReadOnlyMemory<byte> Identity { get; init; }

    /// <summary>Is added to the age that is shown, modulo 2^32.</summary>
    public required uint AgeAdd { get; init; }

    /// <summary>When it came.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>How long it may be used.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>The application protocol of the session.</summary>
    public string? Alpn { get; init; }

    /// <summary>Whether it may still be used.</summary>
    public bool IsUsable(Instant now) => now < ReceivedAt + Lifetime;

    /// <summary>obfuscated_ticket_age (RFC 8446 section 4.2.11.1).</summary>
    public uint ObfuscatedAge(Instant now) => unchecked((uint)(now.Milliseconds - ReceivedAt.Milliseconds) + AgeAdd);

    /// <inheritdoc/>
    public void Dispose() => Psk.Dispose();
}
