using System.Buffers.Binary;

namespace Karez.Ip.Dns;

/// <summary>A query with its one question (RFC 1035 section 4.1), as far as an answer needs it.</summary>
/// <remarks>
/// <code>
/// 0 id  2 QR|opcode|AA|TC|RD|RA|Z|code  4 questions  6 answers  8 authority  10 additional  12 question ...
/// </code>
/// </remarks>
public readonly ref struct DnsQuery
{
    /// <summary>Octets of a message's header.</summary>
    public const int HeaderLength = 12;

    /// <summary>The asker's number.</summary>
    public ushort Id { get; private init; }

    /// <summary>Whether it wants recursion.</summary>
    public bool WantsRecursion { get; private init; }

    /// <summary>The name in lower case; empty for the root.</summary>
    public string Name { get; private init; }

    /// <summary>Whether the name is one a host can have.</summary>
    public bool IsHostName { get; private init; }

    /// <summary>What is asked for.</summary>
    public DnsType Type { get; private init; }

    /// <summary>The question as it was written: name, type, class.</summary>
    public ReadOnlySpan<byte> Question { get; private init; }

    /// <summary>Octets that the asker takes by UDP: 512, or what EDNS says.</summary>
    public int MaxUdp { get; private init; }

    /// <summary>Whether it has EDNS; then the answer has to have it.</summary>
    public bool HasEdns { get; private init; }

    /// <summary>Reads a query.</summary>
    /// <param name="message">The message.</param>
    /// <param name="query">The query where the code is <see cref="DnsCode.NoError"/>.</param>
    /// <returns>The code to answer with; null when it is to have no answer at all.</returns>
    public static DnsCode? TryRead(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (message.Length < HeaderLength || (message[2] & 0x80) != 0)
            return null; // a response is never answered, or two such as we would talk for ever
        if ((message[2] & 0x78) != 0)
            return DnsCode.NotImplemented;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1 || message.Length > MaxMessage)
            return DnsCode.FormatError;
        Span<char> text = stackalloc char[DnsName.MaxText];
        var kind = DnsName.TryRead(message, HeaderLength, text, out var length);
        var end = DnsName.Skip(message, HeaderLength);
        // A name without pointers has a length octet more than it has dots, and its last, empty label.
        if (kind == DnsNameKind.Broken || end - HeaderLength != (length == 0 ? 1 : length + 2)
            || end + 4 > message.Length)
            return DnsCode.FormatError;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[(end + 2)..]) != Internet)
            return DnsCode.Refused;
        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[end..]);
        if (type is DnsType.Any or DnsType.Axfr or DnsType.Ixfr or DnsType.Opt or DnsType.None)
            return DnsCode.NotImplemented;
        if (!TryReadEdns(message, end + 4, out var hasEdns, out var size))
            return DnsCode.FormatError;
        query = new DnsQuery
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(message),
            WantsRecursion = (message[2] & 1) != 0,
            Name = text[..length].ToString(),
            IsHostName = kind == DnsNameKind.Host,
            Type = type,
            Question = message[HeaderLength..(end + 4)],
            MaxUdp = Math.Clamp(size, SmallestUdp, LargestUdp),
            HasEdns = hasEdns,
        };
        return DnsCode.NoError;
    }

    private static bool TryReadEdns(ReadOnlySpan<byte> message, int at, out bool has, out int size)
    {
        (has, size) = (false, SmallestUdp);
        var records = BinaryPrimitives.ReadUInt16BigEndian(message[6..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[8..]) + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if (records > MaxRecords)
            return false;
        for (; records > 0; records--)
        {
            if (!DnsRecord.TryRead(message, ref at, out var record))
                return false;
            if (record.Type != DnsType.Opt)
                continue;
            if (has)
                return false; // RFC 6891 section 6.1.1
            (has, size) = (true, record.Class);
        }

        return true;
    }

    /// <summary>The longest message that is read.</summary>
    public const int MaxMessage = 4096;

    internal const ushort Internet = 1;
    private const int MaxRecords = 16; // our limit: a query has an OPT, a signature perhaps
    private const int SmallestUdp = 512;
    private const int LargestUdp = 1232; // the size that DNS flag day 2020 settled on
}
