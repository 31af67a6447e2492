using System.Buffers.Binary;

namespace Karez.Probes.Hello;

/// <summary>Finds the places of a hello that a tampering prober turns.</summary>
public static class HelloLayout
{
    /// <summary>
    /// Offset in the record of one octet of the named part: <c>random</c>, <c>session-id</c> (its sealed half),
    /// <c>tag</c> (its second half), <c>share</c> (X25519), <c>name</c>, <c>last</c>, <c>length</c> (of the message).
    /// </summary>
    public static int Find(ReadOnlySpan<byte> record, string part) => part switch
    {
        "random" => 11 + 17,
        "session-id" => 44 + 3,
        "tag" => 44 + 20,
        "length" => 8,
        "name" => Extension(record, 0) + 5 + 2,
        "share" => Share(record, 0x001D) + 9,
        "last" => record.Length - 1,
        _ => throw new FormatException($"a hello has no part '{part}'"),
    };

    /// <summary>True when the octets are one record with a hello that has a session id of 32 octets.</summary>
    public static bool LooksLikeHello(ReadOnlySpan<byte> record) =>
        record.Length > 80 && record[0] == 22 && record[5] == 1 && record[43] == 32;

    /// <summary>Offset of an extension's body in the record.</summary>
    public static int Extension(ReadOnlySpan<byte> record, ushort type)
    {
        var at = 44 + record[43];
        at += 2 + BinaryPrimitives.ReadUInt16BigEndian(record[at..]);
        at += 1 + record[at];
        at += 2;
        while (at + 4 <= record.Length)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(record[at..]) == type)
                return at + 4;
            at += 4 + BinaryPrimitives.ReadUInt16BigEndian(record[(at + 2)..]);
        }

        throw new FormatException($"the hello has no extension {type}");
    }

    private static int Share(ReadOnlySpan<byte> record, ushort group)
    {
        var at = Extension(record, 51) + 2;
        while (BinaryPrimitives.ReadUInt16BigEndian(record[at..]) != group)
            at += 4 + BinaryPrimitives.ReadUInt16BigEndian(record[(at + 2)..]);
        return at + 4;
    }
}
