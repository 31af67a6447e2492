using Karez.Wire;

namespace Karez.Ip.Dns;

/// <summary>Writes queries to other servers.</summary>
public static class DnsQuestionWriter
{
    /// <summary>
    /// A query of our own for somebody's question: a new id and letters in newly drawn cases, which an answer has to
    /// repeat, so that who cannot see it has a hard time to forge one.
    /// </summary>
    /// <param name="query">Somebody's query.</param>
    /// <param name="entropy">Random octets.</param>
    /// <param name="destination">At least 300 octets.</param>
    /// <returns>The message's octets.</returns>
    public static int Write(in DnsQuery query, IEntropy entropy, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        Span<byte> random = stackalloc byte[2 + DnsName.MaxWire];
        entropy.Fill(random);
        var writer = new WireWriter(destination);
        writer.WriteBytes(random[..2]);
        writer.WriteUInt16(0x0100); // recursion is wanted
        writer.WriteUInt16(1);
        writer.WriteUInt16(0);
        writer.WriteUInt16(0);
        writer.WriteUInt16(1);
        var at = writer.Written;
        writer.WriteBytes(query.Question);
        writer.WriteUInt8(0);
        writer.WriteUInt16((ushort)DnsType.Opt);
        writer.WriteUInt16(MaxUdp);
        writer.WriteZeros(6);
        if (writer.Overflowed)
            return 0;
        Draw(destination.Slice(at, query.Question.Length - 4), random[2..]);
        return writer.Written;
    }

    private static void Draw(Span<byte> name, ReadOnlySpan<byte> random)
    {
        for (var at = 0; at < name.Length && name[at] != 0;)
        {
            var end = at + 1 + name[at];
            for (at++; at < end; at++)
            {
                if (char.IsAsciiLetter((char)name[at]) && (random[at] & 1) != 0)
                    name[at] ^= 0x20;
            }
        }
    }

    private const ushort MaxUdp = 1232;
}
