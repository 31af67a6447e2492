using Karez.Lab.Censors;
using Karez.Lab.Detectors;
using Karez.Lab.Router;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;
using Karez.Lab.Worlds;
using Karez.Lab.Tests.Detectors;
using Karez.Observe.Datagrams;
using Karez.Observe.Packets;
using Karez.Tests;

namespace Karez.Lab.Tests.Censors;

/// <summary>What firewalls do to packets: resets, residual blocks, drops, freezes, forged answers.</summary>
public class CensorTests
{
    private const string Name = "blocked.example";

    [Fact]
    public void A_blocked_hello_draws_the_three_injectors_resets_on_both_sides_and_again_for_180_seconds()
    {
        var run = new Run("t03-sni", Name);
        run.Pass(new Talk().Open().Up(Talk.PlainHello(Name)));
        Assert.Equal(10, run.Forged.Count); // I once, II three times, III once; both sides.
        Assert.All(run.Forged, forged => Assert.True(forged.Packet.Segment!.Value.Has(TcpControl.Rst)));
        Assert.Equal([0x0000], run.Forged.Where(f => !f.Packet.Segment!.Value.Has(TcpControl.Ack))
            .Select(f => (int)f.Packet.Identification).Distinct());
        Assert.All(run.Forged.Where(f => f.Packet.TimeToLive == 248), f => Assert.InRange(f.Packet.Identification, 0x9916, 0x9933));
        Assert.All(run.Forged, f => Assert.InRange(f.Delay.TotalMilliseconds, 11.5, 445));
        var toClient = run.Forged.First(f => f.Packet.Destination == NetAddress.Parse("10.0.0.1"));
        Assert.Equal(Heading.Inward, toClient.Heading);
        Assert.Equal(443, toClient.Packet.SourcePort);
        run.Forged.Clear();
        run.Pass(new Talk(port: 40001, start: 100_000).Open());
        Assert.NotEmpty(run.Forged);
        run.Forged.Clear();
        run.Pass(new Talk(port: 40002, start: 200_000).Open());
        run.Pass(new Talk(port: 40003, server: "203.0.113.6", start: 1000).Open());
        Assert.Empty(run.Forged);
        Assert.Equal(0, run.Dropped);
    }

    [Fact]
    public void The_provincial_wall_resets_the_client_only_and_forgets_at_once()
    {
        var run = new Run("t04-henan", Name);
        run.Pass(new Talk().Open().Up(Talk.PlainHello(Name)));
        var forged = Assert.Single(run.Forged);
        Assert.Equal(NetAddress.Parse("10.0.0.1"), forged.Packet.Destination);
        Assert.Equal((1, 10), (forged.Packet.Identification, forged.Packet.PayloadLength));
        run.Forged.Clear();
        run.Pass(new Talk(port: 40001, start: 1000).Open());
        Assert.Empty(run.Forged);
    }

    [Fact]
    public void Random_payloads_block_the_port_for_180_seconds_in_a_quarter_of_cases()
    {
        var blocked = 0;
        for (var i = 0; i < 400; i++)
        {
            var run = new Run("t09-fet", Name, seed: i);
            var random = Enumerable.Repeat((byte)0xA5, 200).ToArray();
            run.Pass(new Talk(serverPort: 8388).Open().Up(random));
            Assert.Equal(0, run.Dropped); // The packet itself goes on.
            run.Pass(new Talk(serverPort: 8388, port: 40001, start: 100_000).Open());
            blocked += run.Dropped > 0 ? 1 : 0;
            var then = run.Dropped;
            run.Pass(new Talk(serverPort: 8388, port: 40002, start: 300_000).Open());
            Assert.Equal(then, run.Dropped);
        }

        Assert.InRange(blocked, 70, 140); // 104 of 400 expected; five deviations of 9.
    }

    [Fact]
    public void A_blocked_address_answers_nobody()
    {
        var run = new Run("t07-address", Name);
        run.Around.BlockedEnds.Add((NetAddress.Parse("203.0.113.5"), 443));
        run.Pass(new Talk().Open());
        Assert.Equal(1, run.Dropped); // The server's SYN and ACK; what the client sends goes on.
        run.Pass(new Talk(serverPort: 8443, port: 40001).Open());
        Assert.Equal(1, run.Dropped);
    }

    [Fact]
    public void While_port_443_is_off_each_connection_there_draws_three_resets_a_side()
    {
        var run = new Run("t08-port443", Name);
        run.Pass(new Talk(serverPort: 8443).Open());
        Assert.Empty(run.Forged);
        run.Pass(new Talk().Open());
        Assert.Equal(6, run.Forged.Count);
    }

    [Fact]
    public void The_twelfth_connection_at_a_time_closes_the_address_for_a_minute()
    {
        var run = new Run("t19-parallel", Name);
        for (var i = 0; i < 12; i++)
            run.Pass(Talk.Tls(40000 + i, i * 100));
        Assert.Equal(0, run.Dropped);
        run.Pass(new Talk(port: 41000, start: 20_000).Open());
        Assert.Equal(1, run.Dropped);
        run.Pass(new Talk(port: 41001, start: 90_000).Open());
        Assert.Equal(1, run.Dropped);
    }

    [Fact]
    public void A_flow_of_a_foreign_hoster_is_frozen_when_it_carries_more_than_a_beginning()
    {
        var run = new Run("t20-16k", Name);
        run.Around.Add(new PrefixEntry("203.0.113.0/24", 64500, "hosting", true, "hk"));
        var talk = Talk.Tls();
        for (var i = 0; i < 12; i++)
            talk.Say(-1400);
        run.Pass(talk);
        Assert.Equal(1, run.Frozen);
        run.Pass(Talk.Tls(41000, 60_000).Say(-1400));
        Assert.Equal(1, run.Frozen);
    }

    [Fact]
    public void A_question_for_a_blocked_name_draws_three_answers_of_which_one_mirrors_its_time_to_live()
    {
        var run = new Run("t01-dns", Name);
        run.Pass(0, PacketMaker.Udp("10.0.0.1", 5000, "203.0.113.53", 53, PacketMaker.Dns(7, Name, false)));
        Assert.Equal(3, run.Forged.Count);
        Assert.Contains(run.Forged, forged => forged.Packet.TimeToLive == 64);
        Assert.All(run.Forged, forged =>
        {
            var answer = DnsMessage.Read(forged.Packet.Payload.Span)!;
            Assert.Equal((7, Name, true), (answer.Id, answer.Question, answer.IsAnswer));
            Assert.NotNull(Assert.Single(answer.Answers).Address);
            Assert.InRange(forged.Delay.TotalMilliseconds, 0.5, 5);
        });
        run.Forged.Clear();
        run.Pass(1, PacketMaker.Udp("10.0.0.1", 5000, "203.0.113.53", 53, PacketMaker.Dns(8, "other.example", false)));
        Assert.Empty(run.Forged);
        Assert.Equal(0, run.Dropped);
    }

    [Fact]
    public void Every_censor_can_be_made_by_its_name_and_others_are_refused()
    {
        Assert.All(CensorCatalogue.Names, name =>
            Assert.Equal(name, CensorCatalogue.Make(name, Place.National, new Surroundings()).Name));
        Assert.Throws<LabException>(() => CensorCatalogue.Make("t99", Place.National, new Surroundings()));
        var scenario = ScenarioFolder.Find("smoke") with
        {
            Censors = [new("t03-sni", "national", [Name]), new("t01-dns", "provincial", [Name])],
        };
        Assert.Equal(
            [("t03-sni", Place.National), ("t01-dns", Place.Provincial)],
            RunCensors.Of(scenario, WorldPlan.Of(scenario)).Select(censor => (censor.Name, censor.Place)));
    }

    private sealed class Run(string censor, string blocked, int seed = 1) : IInjector
    {
        private ICensor? _censor;

        public Surroundings Around { get; } = Bench.Known(blocked);

        public List<(Packet Packet, Heading Heading, TimeSpan Delay)> Forged { get; } = [];

        public int Dropped { get; private set; }

        public int Frozen { get; private set; }

        public Random Random { get; } = new(seed);

        public void Pass(Talk talk)
        {
            foreach (var (time, frame) in talk.Frames)
                Pass(time, frame);
        }

        public void Pass(long nanoseconds, byte[] packet)
        {
            _censor ??= CensorCatalogue.Make(censor, Place.National, Around);
            var outward = packet[12] == 10;
            var verdict = _censor.Judge(
                new Passing
                {
                    Place = Place.National,
                    Heading = outward ? Heading.Outward : Heading.Inward,
                    Subscriber = 0,
                    Time = TimeSpan.FromTicks(nanoseconds / 100),
                    Packet = packet,
                },
                this);
            Dropped += verdict.Kind == VerdictKind.Drop ? 1 : 0;
            Frozen += verdict.Kind == VerdictKind.Freeze ? 1 : 0;
        }

        public void Inject(ReadOnlySpan<byte> packet, Heading heading, TimeSpan delay)
        {
            Forged.Add((PacketReader.ReadIp(packet.ToArray(), 0)!, heading, delay));
        }
    }
}
