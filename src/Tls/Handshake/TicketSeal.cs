using System.Text;
using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <summary>Stateless tickets: what the server must remember, sealed with AES-256-GCM under its own key.</summary>
/// <remarks>
/// <code>
/// | nonce 12 | u16 suite | u64 issued at, ms | u32 age add | u8 n, psk | u8 m, alpn | tag 16 |
///            |&lt;------------------------------ sealed ----------------------------->|
/// </code>
/// </remarks>
internal static class TicketSeal
{
    private const int MaxPlaintext = 2 + 8 + 4 + 1 + CipherSuiteTraits.MaxHashLength + 1 + 255;

    /// <summary>The longest ticket.</summary>
    public const int MaxLength = Aead.NonceSize + MaxPlaintext + Aead.TagSize;

    /// <summary>Seals a ticket.</summary>
    /// <returns>Its length.</returns>
    public static int Seal(Secret key, in TicketState state, IEntropy entropy, Span<byte> ticket)
    {
        var writer = new WireWriter(ticket[Aead.NonceSize..]);
        writer.WriteUInt16((ushort)state.CipherSuite);
        writer.WriteUInt64((ulong)state.IssuedAt.Milliseconds);
        writer.WriteUInt32(state.AgeAdd);
        var psk = writer.OpenVector8();
        writer.WriteBytes(state.Psk.Octets);
        writer.Close(psk);
        var alpn = writer.OpenVector8();
        writer.WriteBytes(Encoding.Latin1.GetBytes(state.Alpn ?? ""));
        writer.Close(alpn);

        entropy.Fill(ticket[..Aead.NonceSize]);
        var text = ticket.Slice(Aead.NonceSize, writer.Written);
        using var aead = Aead.Create(AeadAlgorithm.Aes256Gcm, key.Octets);
        var end = Aead.NonceSize + writer.Written;
        aead.Seal(ticket[..Aead.NonceSize], text, text, ticket.Slice(end, Aead.TagSize), default);
        return end + Aead.TagSize;
    }

    /// <summary>Opens a ticket; false for any that is not ours.</summary>
    public static bool TryOpen(Secret key, ReadOnlySpan<byte> ticket, out TicketState state)
    {
        state = default;
        var length = ticket.Length - Aead.NonceSize - Aead.TagSize;
        if (length is < 1 or > MaxPlaintext)
            return false;
        Span<byte> text = stackalloc byte[MaxPlaintext];
        text = text[..length];
        using var aead = Aead.Create(AeadAlgorithm.Aes256Gcm, key.Octets);
        if (!aead.TryOpen(
                ticket[..Aead.NonceSize], ticket.Slice(Aead.NonceSize, length), ticket[^Aead.TagSize..], text, default))
            return false;
        var reader = new WireReader(text);
        if (!reader.TryReadUInt16(out var suite) || !reader.TryReadUInt64(out var issuedAt)
            || !reader.TryReadUInt32(out var ageAdd) || !reader.TryReadVector8(out var psk)
            || !reader.TryReadVector8(out var alpn))
            return false;
        state = new TicketState(
            (CipherSuite)suite, new Instant((long)issuedAt), ageAdd, new Secret(psk),
            alpn.IsEmpty ? null : Encoding.Latin1.GetString(alpn));
        text.Clear();
        return true;
    }
}
