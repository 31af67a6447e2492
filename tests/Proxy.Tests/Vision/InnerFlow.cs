using System.Buffers.Binary;
using Karez.Proxy.Vision;
using Karez.Wire;

namespace Karez.Proxy.Tests.Vision;

/// <summary>Conversations as a relay sees them: who says what, in order.</summary>
internal static class InnerFlow
{
    public readonly record struct Message(VisionSide From, byte[] Octets);

    public static List<Message> Tls13(IEntropy entropy, int exchanges = 3, int most = 40_000, bool retry = false)
    {
        List<Message> flow = [new(VisionSide.Client, Hello(entropy, 1, 500 + entropy.Below(1500), 0))];
        if (retry)
        {
            flow.Add(new(VisionSide.Server, [.. Hello(entropy, 2, 88, 0x1301), .. Record(entropy, 20, 1)]));
            flow.Add(new(VisionSide.Client, Hello(entropy, 1, 500 + entropy.Below(1500), 0)));
        }

        flow.Add(new(VisionSide.Server,
        [
            .. Hello(entropy, 2, entropy.Below(2) == 0 ? 122 : 1210, (ushort)(0x1301 + entropy.Below(3))),
            .. Record(entropy, 20, 1), .. Record(entropy, 23, 30), .. Record(entropy, 23, 2000 + entropy.Below(4000)),
            .. Record(entropy, 23, 280), .. Record(entropy, 23, 53),
        ]));
        flow.Add(new(VisionSide.Client, [.. Record(entropy, 20, 1), .. Record(entropy, 23, 53)]));
        for (var i = 0; i < exchanges; i++)
        {
            flow.Add(new(VisionSide.Client, Data(entropy, 1 + entropy.Below(most / 4))));
            flow.Add(new(VisionSide.Server, Data(entropy, 1 + entropy.Below(most))));
        }

        return flow;
    }

    public static List<Message> Tls12(IEntropy entropy)
    {
        return
        [
            new(VisionSide.Client, Hello(entropy, 1, 300, 0)),
            new(VisionSide.Server, [.. Hello(entropy, 2, 90, 0xC02F, false), .. Record(entropy, 22, 3000)]),
            new(VisionSide.Client, [.. Record(entropy, 22, 70), .. Record(entropy, 20, 1), .. Record(entropy, 22, 40)]),
            new(VisionSide.Server, [.. Record(entropy, 20, 1), .. Record(entropy, 22, 40)]),
            new(VisionSide.Client, Data(entropy, 900)),
            new(VisionSide.Server, Data(entropy, 60_000)),
            new(VisionSide.Client, Data(entropy, 300)),
        ];
    }

    public static List<Message> Octets(IEntropy entropy, int messages, int most)
    {
        var flow = new List<Message>();
        for (var i = 0; i < messages; i++)
        {
            var octets = new byte[1 + entropy.Below(most)];
            entropy.Fill(octets);
            flow.Add(new(i % 2 == 0 ? VisionSide.Client : VisionSide.Server, octets));
        }

        return flow;
    }

    public static byte[] Record(IEntropy entropy, byte type, int length)
    {
        var record = new byte[5 + length];
        entropy.Fill(record.AsSpan(5));
        (record[0], record[1], record[2]) = (type, 3, 3);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), (ushort)length);
        return record;
    }

    /// <summary>A ClientHello or ServerHello record as far as anybody on the way looks.</summary>
    private static byte[] Hello(IEntropy entropy, byte type, int length, ushort suite, bool is13 = true)
    {
        var record = Record(entropy, 22, length);
        // Random octets must not look like the extension by accident.
        record.AsSpan(5).Replace((byte)0x2B, (byte)0x2C);
        record[2] = type == 1 ? (byte)1 : (byte)3;
        record[5] = type;
        if (type == 2)
        {
            record[43] = 32;
            BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(76), suite);
            if (is13)
                Convert.FromHexString("002b00020304").CopyTo(record, record.Length - 6);
        }

        return record;
    }

    private static byte[] Data(IEntropy entropy, int length)
    {
        var octets = new List<byte>();
        while (length > 0)
        {
            var body = Math.Min(length, 1 + entropy.Below(16_384));
            octets.AddRange(Record(entropy, 23, body + 17));
            length -= body;
        }

        return octets.ToArray();
    }
}
