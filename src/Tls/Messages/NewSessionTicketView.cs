using Karez.Wire;

namespace Karez.Tls.Messages;

/// <summary>A NewSessionTicket, looked at where it lies (RFC 8446 section 4.6.1).</summary>
public readonly ref struct NewSessionTicketView
{
    private NewSessionTicketView(
        uint lifetimeSeconds, uint ageAdd, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ticket, Extensions extensions)
    {
        LifetimeSeconds = lifetimeSeconds;
        AgeAdd = ageAdd;
        Nonce = nonce;
        Ticket = ticket;
        Extensions = extensions;
    }

    /// <summary>ticket_lifetime in seconds.</summary>
    public uint LifetimeSeconds { get; }

    /// <summary>ticket_age_add.</summary>
    public uint AgeAdd { get; }

    /// <summary>ticket_nonce.</summary>
    public ReadOnlySpan<byte> Nonce { get; }

    /// <summary>The ticket.</summary>
    public ReadOnlySpan<byte> Ticket { get; }

    /// <summary>The extensions.</summary>
    public Extensions Extensions { get; }

    /// <summary>Reads a whole message, header included.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out NewSessionTicketView view)
    {
        view = default;
        if (message.Length < HandshakeReassembler.HeaderLength || message[0] != (byte)HandshakeType.NewSessionTicket)
            return false;
        var reader = new WireReader(message[HandshakeReassembler.HeaderLength..]);
        if (!reader.TryReadUInt32(out var lifetime) || !reader.TryReadUInt32(out var ageAdd)
            || !reader.TryReadVector8(out var nonce)
            || !reader.TryReadVector16(out var ticket) || ticket.IsEmpty
            || !reader.TryReadVector16(out var block) || reader.Remaining > 0
            || !Extensions.TryParse(block, out var extensions, out _))
            return false;
        view = new NewSessionTicketView(lifetime, ageAdd, nonce, ticket, extensions);
        return true;
    }
}
