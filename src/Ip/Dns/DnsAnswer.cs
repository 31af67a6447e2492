using Karez.Ip.Headers;
using Karez.Wire;

namespace Karez.Ip.Dns;

/// <summary>Writes answers to a query. Each returns the message's octets; room for 600 is enough.</summary>
public static class DnsAnswer
{
    /// <summary>An address, A or AAAA by its family.</summary>
    public static int WriteAddress(in DnsQuery query, HostAddress address, uint ttl, Span<byte> destination)
    {
        Span<byte> octets = stackalloc byte[16];
        octets = octets[..address.Write(octets)];
        var type = address.IsIPv6 ? DnsType.Aaaa : DnsType.A;
        return WriteRecord(query, type, ttl, octets, destination);
    }

    /// <summary>The name of an address.</summary>
    public static int WritePointer(in DnsQuery query, ReadOnlySpan<char> name, uint ttl, Span<byte> destination)
    {
        Span<byte> octets = stackalloc byte[DnsName.MaxWire];
        octets = octets[..DnsName.Write(name, octets)];
        return WriteRecord(query, DnsType.NameOf, ttl, octets, destination);
    }

    /// <summary>"No such name", or "the name has nothing of that type", with how long that holds.</summary>
    public static int WriteNegative(in DnsQuery query, DnsCode code, Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        WriteHead(ref writer, query, code, answers: 0, authority: 1);
        WriteRecordHead(ref writer, DnsType.Soa, NegativeTtl);
        var data = writer.OpenVector16();
        writer.WriteUInt8(0); // the names of server and person: the root, which is nobody
        writer.WriteUInt8(0);
        foreach (var value in (ReadOnlySpan<uint>)[1, 3600, 600, 86_400, NegativeTtl])
            writer.WriteUInt32(value);
        writer.Close(data);
        return Finish(ref writer, query);
    }

    /// <summary>A code and nothing else.</summary>
    public static int WriteFailure(in DnsQuery query, DnsCode code, Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        WriteHead(ref writer, query, code, answers: 0, authority: 0);
        return Finish(ref writer, query);
    }

    /// <summary>A code for what could not be read as a query: its header comes back, and nothing of the rest.</summary>
    /// <param name="message">At least a header.</param>
    /// <param name="code">The code.</param>
    /// <param name="destination">At least twelve octets.</param>
    public static int WriteRefusal(ReadOnlySpan<byte> message, DnsCode code, Span<byte> destination)
    {
        destination[..DnsQuery.HeaderLength].Clear();
        message[..2].CopyTo(destination);
        destination[2] = (byte)(0x80 | (message[2] & 0x79));
        destination[3] = (byte)(0x80 | (byte)code);
        return DnsQuery.HeaderLength;
    }

    /// <summary>"Ask again by TCP".</summary>
    public static int WriteTruncated(in DnsQuery query, Span<byte> destination)
    {
        var length = WriteFailure(query, DnsCode.NoError, destination);
        destination[2] |= 2;
        return length;
    }

    private static int WriteRecord(
        in DnsQuery query, DnsType type, uint ttl, ReadOnlySpan<byte> octets, Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        WriteHead(ref writer, query, DnsCode.NoError, answers: 1, authority: 0);
        WriteRecordHead(ref writer, type, ttl);
        var data = writer.OpenVector16();
        writer.WriteBytes(octets);
        writer.Close(data);
        return Finish(ref writer, query);
    }

    private static void WriteHead(
        ref WireWriter writer, in DnsQuery query, DnsCode code, ushort answers, ushort authority)
    {
        writer.WriteUInt16(query.Id);
        writer.WriteUInt8((byte)(0x80 | (query.WantsRecursion ? 1 : 0)));
        writer.WriteUInt8((byte)(0x80 | (byte)code));
        writer.WriteUInt16(1);
        writer.WriteUInt16(answers);
        writer.WriteUInt16(authority);
        writer.WriteUInt16((ushort)(query.HasEdns ? 1 : 0));
        writer.WriteBytes(query.Question);
    }

    private static void WriteRecordHead(ref WireWriter writer, DnsType type, uint ttl)
    {
        writer.WriteUInt16(0xC000 | DnsQuery.HeaderLength); // the question's name
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16(DnsQuery.Internet);
        writer.WriteUInt32(ttl);
    }

    private static int Finish(ref WireWriter writer, in DnsQuery query)
    {
        if (query.HasEdns)
        {
            writer.WriteUInt8(0);
            writer.WriteUInt16((ushort)DnsType.Opt);
            writer.WriteUInt16(MaxUdp);
            writer.WriteZeros(6);
        }

        return writer.Overflowed ? 0 : writer.Written;
    }

    private const uint NegativeTtl = 300;
    private const ushort MaxUdp = 1232;
}
