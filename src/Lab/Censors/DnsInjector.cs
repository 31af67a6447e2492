using Karez.Lab.Detectors;
using Karez.Lab.Router;
using Karez.Observe.Datagrams;
using Karez.Observe.Packets;

namespace Karez.Lab.Censors;

/// <summary>
/// T01: three injectors that answer a question for the IPv4 address of a blocked name before the resolver does; the
/// last mirrors the question's time to live. Drops nothing: the true answer still comes. Addresses are synthetic.
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
            || DnsMessage.Read(packet.Payload.Span) is not { IsAnswer: false, QuestionType: DnsMessage.A } question
            || !around.IsBlocked(question.Question))
            return Verdict.Pass;
        Actions++;
        var back = passing.Heading == Heading.Outward ? Heading.Inward : Heading.Outward;
        var (least, most) = Constants.DnsLatency.Value;
        for (var i = 0; i < Constants.DnsInjectors.Value; i++)
        {
            var mirrors = i == Constants.DnsInjectors.Value - 1;
            var style = new ResetStyle(
                Identification: (ushort)injector.Random.Next(0x10000),
                TimeToLive: mirrors ? packet.TimeToLive : (byte)(60 + (i * 30)));
            var forged = Forge.DnsAnswer(
                passing.Packet, Pool | (uint)injector.Random.Next(1, 255), (uint)injector.Random.Next(60, 200), style);
            injector.Inject(
                forged, back, TimeSpan.FromMilliseconds(least + (injector.Random.NextDouble() * (most - least))));
        }

        return Verdict.Pass;
    }
}
