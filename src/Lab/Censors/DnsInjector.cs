using System.Buffers.Binary;
using Karez.Lab.Detectors;
using Karez.Lab.Router;
using Karez.Observe.Datagrams;
using Karez.Observe.Packets;

namespace Karez.Lab.Censors;

/// <summary>
/// T01: three injectors that answer a question for a blocked name before the resolver does; the last mirrors the
/// question's time to live. Drops nothing: the true answer still comes. Forged addresses are synthetic.
/// </summary>
/// <param name="place">Where it sits.</param>
/// <param name="around">Whose names are blocked.</param>
public sealed class DnsInjector(Place place, Surroundings around) : ICensor
{
    private const ushort DnsPort = 53;
    private const uint Pool = 0xC6336400; // 198.51.100.0/24, for documentation (RFC 5737).

    /// <inheritdoc/>
    public string Name => "t01-dns";

    /// <inheritdoc/>
    public Place Place { get; } = place;

    /// <summary>How many questions it answered.</summary>
    public int Actions { get; private set; }

    /// <inheritdoc/>
    public Verdict Judge(in Passing passing, IInjector injector)
    {
        ArgumentNullException.ThrowIfNull(injector);
        if (PacketReader.ReadIp(passing.Packet.ToArray(), 0) is not { IsUdp: true, DestinationPort: DnsPort } packet
            || packet.Source.IsIp6
            || DnsMessage.Read(packet.Payload.Span) is not { IsAnswer: false } question
            || !around.IsBlocked(question.Question))
            return Verdict.Pass;
        Actions++;
        var back = passing.Heading == Heading.Outward ? Heading.Inward : Heading.Outward;
        var (least, most) = Constants.DnsLatency.Value;
        for (var i = 0; i < Constants.DnsInjectors.Value; i++)
        {
            var mirrors = i == Constants.DnsInjectors.Value - 1;
            var forged = Answer(packet, question, injector.Random, mirrors ? packet.TimeToLive : (byte)(60 + (i * 30)));
            injector.Inject(
                forged, back, TimeSpan.FromMilliseconds(least + (injector.Random.NextDouble() * (most - least))));
        }

        return Verdict.Pass;
    }

    private static byte[] Answer(Packet packet, DnsMessage question, Random random, byte ttl)
    {
        var asked = packet.Payload.Span;
        // Header, and the question up to its end: names in questions are not compressed.
        var end = 12;
        while (end < asked.Length && asked[end] != 0)
            end += asked[end] + 1;
        end = Math.Min(asked.Length, end + 5);
        byte[] message = [.. asked[..end]];
        (message[2], message[3]) = (0x81, 0x80);
        var isA = question.QuestionType == DnsMessage.A;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)(isA ? 1 : 0));
        message.AsSpan(8, 4).Clear();
        if (isA)
        {
            var address = Pool | (uint)random.Next(1, 255);
            message =
            [
                .. message, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, (byte)random.Next(60, 200), 0, 4,
                (byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address,
            ];
        }

        var forged = new byte[28 + message.Length];
        var ip = forged.AsSpan(0, 20);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)forged.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)random.Next(0x10000));
        (ip[8], ip[9]) = (ttl, Packet.Udp);
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], (uint)packet.Destination.Value);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], (uint)packet.Source.Value);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Of(ip));
        var udp = forged.AsSpan(20);
        BinaryPrimitives.WriteUInt16BigEndian(udp, packet.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], packet.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        message.CopyTo(udp[8..]);
        var pseudo = InternetChecksum.Pseudo(
            (uint)packet.Destination.Value, (uint)packet.Source.Value, Packet.Udp, udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], InternetChecksum.Of(udp, pseudo));
        return forged;
    }
}
