using System.Buffers.Binary;
using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Records;

/// <summary>Opens received records, one at a time and in place.</summary>
/// <remarks>
/// <code>
///  0      1          3        5
/// +------+----------+--------+------------------------------------+
/// | type | 03 03    | length | plaintext, or ciphertext and tag   |   RFC 8446 sections 5.1 and 5.2
/// +------+----------+--------+------------------------------------+
/// </code>
/// Never looks past the record it opens: what follows may not be TLS any more.
/// </remarks>
public sealed class RecordOpener : IDisposable
{
    /// <summary>Length of a record's header in octets.</summary>
    public const int HeaderLength = 5;

    /// <summary>The longest plaintext (law: RFC 8446 section 5.1).</summary>
    public const int MaxPlaintext = 1 << 14;

    /// <summary>The longest body of a protected record (law: RFC 8446 section 5.2).</summary>
    public const int MaxCiphertext = MaxPlaintext + 256;

    /// <summary>The longest record, header included: a read buffer of this size can always make progress.</summary>
    public const int MaxRecord = HeaderLength + MaxCiphertext;

    private readonly RecordProtection _protection = new();
    private int _useless;

    /// <summary>Whether records are expected to be encrypted.</summary>
    public bool IsProtected => _protection.Active;

    /// <summary>Records opened under the present key.</summary>
    public ulong Sequence => _protection.Sequence;

    /// <summary>What the peer did wrong, after <see cref="RecordStatus.Failed"/>.</summary>
    public TlsFault Fault { get; private set; }

    /// <summary>How many records in a row may carry nothing (our choice; 32 as widely deployed stacks do).</summary>
    public int MaxUseless { get; set; } = 32;

    /// <summary>
    /// Whether the handshake is still under way: ChangeCipherSpec and unprotected alerts are let through.
    /// </summary>
    public bool InHandshake { get; set; } = true;

    /// <summary>
    /// Octets of undecryptable early data that are still skipped (RFC 8446 section 4.2.10); 0 skips none.
    /// </summary>
    public int EarlyDataToSkip { get; set; }

    /// <summary>Set once the octets that follow are not records any more; no record is opened then.</summary>
    public bool Detached { get; set; }

    /// <summary>Opens further records with keys from the traffic secret, sequence number 0.</summary>
    public void Protect(CipherSuite suite, Secret trafficSecret)
    {
        ArgumentNullException.ThrowIfNull(trafficSecret);
        _protection.Start(suite, trafficSecret);
    }

    /// <summary>Opens the first record of the input where it lies.</summary>
    /// <param name="input">Unread octets, beginning at a record's header.</param>
    /// <param name="record">Where the plaintext is; meaningful with <see cref="RecordStatus.Done"/> only.</param>
    /// <remarks>Records of skipped early data come back as application data of no octets.</remarks>
    public RecordStatus TryOpen(Span<byte> input, out OpenedRecord record)
    {
        record = default;
        if (Detached)
            throw new InvalidOperationException("What follows is not records any more.");
        if (Fault != TlsFault.None)
            return RecordStatus.Failed;
        if (input.Length < HeaderLength)
            return RecordStatus.NeedInput;

        var type = (ContentType)input[0];
        int length = BinaryPrimitives.ReadUInt16BigEndian(input[3..]);
        var encrypted = _protection.Active && type == ContentType.ApplicationData;
        if (CheckHeader(type, input[1], length, encrypted) is var fault and not TlsFault.None)
            return Fail(fault);
        if (input.Length < HeaderLength + length)
            return RecordStatus.NeedInput;

        record = new OpenedRecord(type, HeaderLength, length, HeaderLength + length);
        if (encrypted)
            return OpenProtected(input[..record.Consumed], ref record);
        if (type == ContentType.ApplicationData)
            return Skip(ref record) ? RecordStatus.Done : Fail(TlsFault.UnexpectedRecord);
        return CheckContent(input.Slice(record.Offset, record.Length), record);
    }

    /// <inheritdoc/>
    public void Dispose() => _protection.Dispose();

    private TlsFault CheckHeader(ContentType type, byte majorVersion, int length, bool encrypted)
    {
        if (encrypted)
            return length > MaxCiphertext ? TlsFault.RecordTooLong : TlsFault.None;

        // The version is otherwise ignored (section 5.1); under protection it is authenticated as it came.
        if (majorVersion != 3)
            return TlsFault.NotTls;
        var allowed = type switch
        {
            ContentType.ChangeCipherSpec or ContentType.Alert => InHandshake,
            ContentType.Handshake => !_protection.Active,
            ContentType.ApplicationData => EarlyDataToSkip > 0,
            _ => false,
        };
        if (!allowed)
            return type is < ContentType.ChangeCipherSpec or > ContentType.ApplicationData
                ? TlsFault.NotTls
                : TlsFault.UnexpectedRecord;
        return length > (type == ContentType.ApplicationData ? MaxCiphertext : MaxPlaintext)
            ? TlsFault.RecordTooLong
            : TlsFault.None;
    }

    private RecordStatus OpenProtected(Span<byte> whole, ref OpenedRecord record)
    {
        var textLength = record.Length - Aead.TagSize;
        if (textLength < 1 || !_protection.CanAdvance)
            return Skip(ref record) ? RecordStatus.Done : Fail(TlsFault.UndecryptableRecord);
        var text = whole.Slice(HeaderLength, textLength);
        if (!_protection.TryOpen(text, whole[(HeaderLength + textLength)..], whole[..HeaderLength]))
        {
            if (Skip(ref record))
                return RecordStatus.Done;
            return Fail(TlsFault.UndecryptableRecord);
        }

        EarlyDataToSkip = 0;
        if (textLength > MaxPlaintext + 1)
            return Fail(TlsFault.RecordTooLong);

        // TLSInnerPlaintext: content, content type, zeros (section 5.4).
        var end = text.LastIndexOfAnyExcept((byte)0);
        if (end < 0)
            return Fail(TlsFault.UnexpectedRecord);
        record = record with { Type = (ContentType)text[end], Length = end };
        if (record.Type is not (ContentType.Alert or ContentType.Handshake or ContentType.ApplicationData))
            return Fail(TlsFault.UnexpectedRecord);
        return CheckContent(text[..end], record);
    }

    private RecordStatus CheckContent(ReadOnlySpan<byte> content, OpenedRecord record)
    {
        switch (record.Type)
        {
            case ContentType.ChangeCipherSpec when content is not [1]:
                return Fail(TlsFault.MalformedChangeCipherSpec);
            case ContentType.Alert when content.Length != 2:
                return Fail(TlsFault.MalformedAlert);
            case ContentType.Handshake when content.IsEmpty:
                return Fail(TlsFault.UnexpectedRecord);
            case ContentType.ChangeCipherSpec:
            case ContentType.ApplicationData when content.IsEmpty:
                return ++_useless > MaxUseless ? Fail(TlsFault.TooManyUselessRecords) : RecordStatus.Done;
            default:
                _useless = 0;
                return RecordStatus.Done;
        }
    }

    private bool Skip(ref OpenedRecord record)
    {
        if (EarlyDataToSkip <= 0)
            return false;
        EarlyDataToSkip = Math.Max(0, EarlyDataToSkip - record.Length);
        record = record with { Type = ContentType.ApplicationData, Length = 0 };
        return true;
    }

    private RecordStatus Fail(TlsFault fault)
    {
        Fault = fault;
        return RecordStatus.Failed;
    }
}
