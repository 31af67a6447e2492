using System.Buffers.Binary;
using Karez.Ip.Dns;

namespace Karez.Ip.Tests.Dns;

/// <summary>Messages for tests.</summary>
internal static class Messages
{
    public static byte[] Ask(string name, DnsType type, int edns = 0, ushort id = 0x1234)
    {
        var question = new byte[300];
        var length = DnsName.Write(name, question);
        byte[] message =
        [
            (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(edns > 0 ? 1 : 0),
            .. question.AsSpan(0, length), (byte)((int)type >> 8), (byte)type, 0, 1,
        ];
        return edns == 0 ? message : [.. message, 0, 0, 41, (byte)(edns >> 8), (byte)edns, 0, 0, 0, 0, 0, 0];
    }

    /// <summary>Another server's answer: records of the question's name.</summary>
    public static byte[] Answer(
        byte[] query, byte code, params ReadOnlySpan<(DnsType Type, uint Ttl, byte[] Data, bool IsAuthority)> records)
    {
        var end = DnsName.Skip(query, 12) + 4;
        var message = new List<byte>(query[..end]) { [2] = 0x81, [3] = (byte)(0x80 | code), [11] = 0 };
        foreach (var (type, ttl, data, isAuthority) in records)
        {
            message[isAuthority ? 9 : 7]++;
            var head = new byte[12];
            (head[0], head[1]) = (0xC0, 12);
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)type);
            head[5] = 1;
            BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(6), ttl);
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(10), (ushort)data.Length);
            message.AddRange(head);
            message.AddRange(data);
        }

        return [.. message];
    }

    public static DnsQuery Read(byte[] message)
    {
        Assert.Equal(DnsCode.NoError, DnsQuery.TryRead(message, out var query));
        return query;
    }

    public static (ushort Answers, ushort Authority, ushort Additional) Counts(ReadOnlySpan<byte> message) => (
        BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[10..]));
}
