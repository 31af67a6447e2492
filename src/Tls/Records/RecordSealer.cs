using System.Buffers.Binary;
using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Records;

/// <summary>Writes records around payloads that already lie in their buffer.</summary>
/// <remarks>
/// <code>
///         offset - 5      offset              offset + length
/// +-------+---------------+-------------------+------+----------+-----+-------+
/// | spare | header        | payload           | type | zeros    | tag | spare |
/// +-------+---------------+-------------------+------+----------+-----+-------+
/// </code>
/// </remarks>
public sealed class RecordSealer : IDisposable
{
    /// <summary>Octets needed before the payload: the header.</summary>
    public const int Headroom = RecordOpener.HeaderLength;

    /// <summary>Octets needed after the payload, padding not counted: inner content type and tag.</summary>
    public const int Tailroom = 1 + Aead.TagSize;

    /// <summary>The longest payload (law: RFC 8446 section 5.1).</summary>
    public const int MaxPayload = RecordOpener.MaxPlaintext;

    /// <summary>The longest record that can be made, padding included: inner plaintext of 2^14 + 1 octets.</summary>
    public const int MaxRecord = Headroom + MaxPayload + Tailroom;

    private readonly RecordProtection _protection = new();

    /// <summary>Whether records are encrypted yet.</summary>
    public bool IsProtected => _protection.Active;

    /// <summary>Records sealed under the present key.</summary>
    public ulong Sequence => _protection.Sequence;

    /// <summary>Set once the direction carries raw octets; no record is made then.</summary>
    public bool Detached { get; set; }

    /// <summary>Seals further records with keys from the traffic secret, sequence number 0.</summary>
    public void Protect(CipherSuite suite, Secret trafficSecret)
    {
        ArgumentNullException.ThrowIfNull(trafficSecret);
        _protection.Start(suite, trafficSecret);
    }

    /// <summary>Total length of the record that a payload makes without padding.</summary>
    public int RecordLength(int payloadLength) =>
        payloadLength + Headroom + (_protection.Active ? Tailroom : 0);

    /// <summary>Makes a record of the payload at <paramref name="offset"/>; the record begins at offset - 5.</summary>
    /// <param name="buffer">Holds the payload, and room for what goes around it.</param>
    /// <param name="offset">Where the payload begins; at least <see cref="Headroom"/>.</param>
    /// <param name="length">Octets of payload, 0 to <see cref="MaxPayload"/>.</param>
    /// <param name="type">The content type.</param>
    /// <param name="recordLength">Total length to pad to, at most <see cref="MaxRecord"/>; 0 pads nothing.</param>
    /// <returns>Total length of the record, header included.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The record cannot have that length, or has no room.</exception>
    public int Seal(Span<byte> buffer, int offset, int length, ContentType type, int recordLength = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, Headroom);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxPayload);
        if (Detached || !_protection.CanAdvance)
            throw new InvalidOperationException("This direction makes no records any more.");
        var least = RecordLength(length);
        var total = recordLength == 0 ? least : recordLength;
        ArgumentOutOfRangeException.ThrowIfLessThan(total, least, nameof(recordLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            total, _protection.Active ? MaxRecord : least, nameof(recordLength));

        var record = buffer.Slice(offset - Headroom, total);
        record[0] = (byte)(_protection.Active ? ContentType.ApplicationData : type);
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], 0x0303);
        BinaryPrimitives.WriteUInt16BigEndian(record[3..], (ushort)(total - Headroom));
        if (!_protection.Active)
            return total;

        var text = record[Headroom..^Aead.TagSize];
        text[length] = (byte)type;
        text[(length + 1)..].Clear();
        _protection.Seal(text, record[^Aead.TagSize..], record[..Headroom]);
        return total;
    }

    /// <inheritdoc/>
    public void Dispose() => _protection.Dispose();
}
