using System.Text;
using Karez.Lab.Detectors;
using Karez.Lab.Running;
using Karez.Observe.Flows;
using Karez.Observe.Packets;
using Karez.Tests;

namespace Karez.Lab.Tests.Detectors;

/// <summary>Each rule on connections made for it: what it finds, and the one thing that makes it miss.</summary>
public class DetectorTests
{
    private const long Hour = 3_600_000_000_000;

    [Fact]
    public void Every_detector_says_what_it_is_and_names_are_unique()
    {
        var all = DetectorCatalogue.All().Select(each => each.Info).ToList();
        Assert.Equal(all.Count, all.Select(info => info.Name).Distinct().Count());
        Assert.All(all, info =>
        {
            Assert.StartsWith(info.Technique.ToLowerInvariant() + "-", info.Name, StringComparison.Ordinal);
            Assert.All((string[])[info.About, info.Fix, info.FalsePositives, info.Source], text => Assert.NotEmpty(text));
            Assert.NotEmpty(info.Constants);
        });
        string[] asked =
        [
            "T01", "T03", "T04", "T06", "T07", "T08", "T09", "T12", "T13", "T15", "T16", "T17", "T18", "T19", "T20",
            "T21", "T22", "T24", "T25", "T26", "T27", "T28", "T31",
        ];
        Assert.Empty(asked.Except(all.Select(info => info.Technique)));
        Assert.Throws<LabException>(() => DetectorCatalogue.Named(["t99-all"]));
        Assert.Single(DetectorCatalogue.Named(["t09-fet"]));
    }

    [Theory]
    [InlineData(0x55, true)] // Four bits an octet, but printable.
    [InlineData(0x00, true)]
    [InlineData(0xFF, true)]
    [InlineData(0x41, true)]
    [InlineData(0xA5, false)]
    public void Fet_counts_bits_and_printable_octets(byte octet, bool exempt) =>
        Assert.Equal(exempt, FullyEncrypted.IsExempt(Enumerable.Repeat(octet, 100).ToArray()));

    [Fact]
    public void Fet_exempts_printable_starts_runs_and_known_protocols()
    {
        var random = Enumerable.Repeat((byte)0xA5, 200).ToArray();
        byte[] With(int at, ReadOnlySpan<byte> text)
        {
            var changed = (byte[])random.Clone();
            text.CopyTo(changed.AsSpan(at));
            return changed;
        }

        Assert.False(FullyEncrypted.IsExempt(random));
        Assert.True(FullyEncrypted.IsExempt(With(0, "abcdef"u8)));
        Assert.False(FullyEncrypted.IsExempt(With(0, "abcde"u8)));
        Assert.True(FullyEncrypted.IsExempt(With(50, Encoding.ASCII.GetBytes(new string('x', 21)))));
        Assert.False(FullyEncrypted.IsExempt(With(50, Encoding.ASCII.GetBytes(new string('x', 20)))));
        Assert.True(FullyEncrypted.IsExempt(With(0, [0x17, 3, 15])));
        Assert.False(FullyEncrypted.IsExempt(With(0, [0x17, 3, 16])));
        Assert.True(FullyEncrypted.IsExempt(With(0, "PUT "u8)));
    }

    [Fact]
    public void The_provincial_wall_sees_a_whole_hello_in_one_packet_without_options()
    {
        var around = Bench.Known("blocked.example");
        var hello = Talk.PlainHello("blocked.example");
        byte[] Packet(byte[] options, byte[] payload) =>
            PacketMaker.Tcp("10.0.0.1", 1, "203.0.113.5", 443, 1, 1, PacketMaker.Ack, payload, options);
        Assert.Contains("t04-henan", Bench.Hits([At(0, Packet([], hello))], around));
        Assert.DoesNotContain("t04-henan", Bench.Hits([At(0, Packet([1, 1, 1, 0], hello))], around));
        Assert.DoesNotContain("t04-henan", Bench.Hits([At(0, Packet([], hello[..^1]))], around));
    }

    [Fact]
    public void Records_are_joined_only_where_the_wall_does()
    {
        var around = Bench.Known("blocked.example");
        var message = Talk.PlainHello("blocked.example")[5..];
        byte[] split = [22, 3, 1, 0, 20, .. message[..20], 22, 3, 1, 0, (byte)(message.Length - 20), .. message[20..]];
        var talk = new Talk().Open().Up(split);
        Assert.Contains("t03-sni", Bench.Hits(talk.Packets, around, new ServerNames()));
        Assert.DoesNotContain("t03-sni", Bench.Hits(talk.Packets, around, new ServerNames(joinRecords: false)));
    }

    [Fact]
    public void Blocked_ends_and_the_regime_of_port_443()
    {
        var around = Bench.Known();
        var talk = Talk.Tls();
        around.BlockedEnds.Add((NetAddress.Parse("203.0.113.5"), 443));
        Assert.Contains("t07-address", Bench.Hits(talk.Packets, around));
        around.BlockedEnds.Clear();
        around.BlockedEnds.Add((NetAddress.Parse("203.0.113.5"), 8443));
        Assert.DoesNotContain("t07-address", Bench.Hits(talk.Packets, around));
        Assert.Contains("t08-port443", Bench.Hits(talk.Packets, around, new Port443Regime { IsOn = true }));
        Assert.DoesNotContain("t08-port443", Bench.Hits(talk.Packets, around, new Port443Regime()));
        var other = new Talk(serverPort: 8443).Open();
        Assert.DoesNotContain("t08-port443", Bench.Hits(other.Packets, around, new Port443Regime { IsOn = true }));
    }

    [Fact]
    public void Four_bursts_like_a_handshake_are_found_and_others_are_not()
    {
        // The model's means, each packet with the overhead that is taken off again.
        Assert.Contains("t15-ndpi", Bench.Hits(Talk.Tls().Say(500, 1398, -1400, -1400, -1400, -800, 809, -1075, 90).Packets));
        Assert.DoesNotContain("t15-ndpi", Bench.Hits(Talk.Tls().Say(500, 1398, -140, 809, -1075, 90).Packets));
    }

    [Theory]
    [InlineData(600, -5000, true)]
    [InlineData(600, -175, true)]
    [InlineData(700, -5000, false)]
    [InlineData(600, -2000, false)]
    public void Trojan_killers_sums(int up, int down, bool expected)
    {
        // Its sum begins with the packet of ChangeCipherSpec and Finished: 64 octets here.
        var talk = Talk.Tls().Say(up);
        for (var left = -down; left > 0; left -= 1400)
            talk.Say(-Math.Min(1400, left));
        Assert.Equal(expected, Bench.Hits(talk.Say(100).Packets).Contains("t15-trojan-killer"));
    }

    [Theory]
    [InlineData(300, 120, 100, 190, true)]
    [InlineData(300, 120, 20, 190, false)]
    [InlineData(195, 200, 100, 190, true)]
    [InlineData(700, 5000, 100, 400, true)]
    [InlineData(700, 5000, 300, 400, true)]
    [InlineData(900, 5000, 300, 400, false)]
    [InlineData(300, 20000, 300, 400, false)]
    public void The_tree_says_what_its_source_does(int one, int two, int three, int four, bool expected) =>
        Assert.Equal(expected, BurstTree.Published.Matches([one, two, three, four]));

    [Fact]
    public void Long_requests_count_only_when_each_is_answered()
    {
        Assert.Contains("t15-411", Bench.Hits(Talk.Tls().Say(411, -50, 411, -50, 411, -50).Packets));
        Assert.DoesNotContain("t15-411", Bench.Hits(Talk.Tls().Say(411, 411, 411, -50, 100, -50).Packets));
        Assert.DoesNotContain("t15-411", Bench.Hits(Talk.Tls().Say(410, -50, 410, -50, 410, -50).Packets));
    }

    [Fact]
    public void Answers_that_always_take_longer_than_tcp_are_a_relays()
    {
        var (far, near, once) = (Talk.Tls(), Talk.Tls(), Talk.Tls());
        for (var i = 0; i < 6; i++)
        {
            far.Say(100).Wait(40).Say(-200);
            near.Say(100).Say(-200);
            once.Say(100).Wait(i == 3 ? 0 : 40).Say(-200);
        }

        Assert.Contains("t16-rtt", Bench.Hits(far.Packets));
        Assert.DoesNotContain("t16-rtt", Bench.Hits(near.Packets));
        Assert.DoesNotContain("t16-rtt", Bench.Hits(once.Packets));
    }

    [Fact]
    public void Many_pairs_are_multiplexing_and_the_limit_comes_from_the_browser()
    {
        var talk = Talk.Tls();
        for (var i = 0; i < 40; i++)
            talk.Say(100, -100);
        Assert.DoesNotContain("t17-mux", Bench.Hits(talk.Packets, null, new Multiplexing()));
        Assert.Contains("t17-mux", Bench.Hits(talk.Packets, null, new Multiplexing(Multiplexing.LimitOf([10, 20, 30]))));
    }

    [Fact]
    public void Hellos_that_never_change_and_never_resume_are_steady()
    {
        var around = Bench.Known();
        around.BrowserJa4.Add(Observe.Ja4.Of(HelloOf(Talk.Hello())));
        var packets = Enumerable.Range(0, 6).SelectMany(i => Talk.Tls(40000 + i, i * 100).Close().Packets).ToList();
        var hits = Bench.Hits(packets, around);
        Assert.Contains("t18-order", hits);
        Assert.Contains("t18-psk", hits);
        Assert.DoesNotContain("t18-ja4", hits);
        hits = Bench.Hits(packets.Take(packets.Count * 5 / 6), around);
        Assert.DoesNotContain("t18-order", hits);
        Assert.Contains("t18-ja4", Bench.Hits(Talk.Tls(hello: Talk.PlainHello("a.example")).Packets, around));
    }

    [Fact]
    public void Twelve_at_a_time_are_parallel_and_closed_ones_do_not_count()
    {
        Assert.Contains("t19-parallel", Bench.Hits(
            Enumerable.Range(0, 12).SelectMany(i => Talk.Tls(40000 + i, i * 100).Packets)));
        Assert.DoesNotContain("t19-parallel", Bench.Hits(
            Enumerable.Range(0, 20).SelectMany(i => Talk.Tls(40000 + i, i * 100).Close().Packets)));
        Assert.DoesNotContain("t19-parallel", Bench.Hits(
            Enumerable.Range(0, 20).SelectMany(i => Talk.Tls(40000 + i, i * 10_000).Packets)));
    }

    [Fact]
    public void Addresses_tell_hosters_and_whose_a_name_is()
    {
        var around = Bench.Known();
        around.Add(new PrefixEntry("203.0.113.0/24", 64500, "hosting", true, "hk"));
        around.Add(new PrefixEntry("198.51.100.0/24", 64501, "site", true, "us"));
        around.Add("www.example.com", NetAddress.Parse("198.51.100.7"));
        var talk = Talk.Tls();
        for (var i = 0; i < 12; i++)
            talk.Say(-1400);
        var hits = Bench.Hits(talk.Packets, around);
        Assert.Contains("t20-16k", hits);
        Assert.Contains("t21-asn", hits);
        around.Add("www.example.com", NetAddress.Parse("203.0.113.9"));
        hits = Bench.Hits(Talk.Tls().Say(-1400).Packets, around);
        Assert.DoesNotContain("t20-16k", hits);
        Assert.DoesNotContain("t21-asn", hits);
    }

    [Theory]
    [InlineData("203.0.113.5", false)]
    [InlineData("203.0.113.6", true)]
    public void A_name_needs_an_answer_that_led_to_its_address(string answered, bool expected)
    {
        var question = At(0, PacketMaker.Udp("10.0.0.1", 5000, "10.0.0.53", 53, PacketMaker.Dns(1, "www.example.com", false)));
        var answer = At(1, PacketMaker.Udp(
            "10.0.0.53", 53, "10.0.0.1", 5000, PacketMaker.Dns(1, "www.example.com", true, answered)));
        var hits = Bench.Hits([question, answer, .. Talk.Tls(start: 10).Packets]);
        Assert.Equal(expected, hits.Contains("t21-dns-join"));
        Assert.DoesNotContain("t21-dns-join", Bench.Hits(Talk.Tls().Packets));
    }

    [Theory]
    [InlineData(287, GenuineTickets.Enough, false)]
    [InlineData(255, GenuineTickets.Enough, true)]
    [InlineData(255, GenuineTickets.Enough - 1, false)]
    public void Tickets_must_be_those_of_a_site_that_is_known_well_enough(int length, int visits, bool expected)
    {
        var around = Bench.Known();
        var known = around.Tickets["www.example.com"] = new GenuineTickets();
        for (var visit = 0; visit < visits; visit++)
            known.Add("287+287");
        var talk = Talk.Tls().Say(-287, -length).Say(100);
        Assert.Equal(expected, Bench.Hits(talk.Packets, around).Contains("t22-tickets"));
    }

    [Fact]
    public void Tls_that_is_not_the_webs_is_told()
    {
        Assert.Contains("t24-shape", Bench.Hits(Talk.Tls(hello: Talk.PlainHello(null)).Packets));
        Assert.Contains("t24-shape", Bench.Hits(Talk.Tls(hello: Talk.PlainHello("203.0.113.5")).Packets));
        Assert.Contains("t24-shape", Bench.Hits(Talk.Tls(hello: Talk.PlainHello("a.example", "stun.turn")).Packets));
        Assert.DoesNotContain("t24-shape", Bench.Hits(Talk.Tls(hello: Talk.PlainHello("a.example", "h2")).Packets));
        Talk Plain() => Talk.Tls(hello: Talk.PlainHello("a.example", "h2")).Say(-100);
        var (beat, human) = (Plain(), Plain());
        for (var i = 0; i < 8; i++)
        {
            beat.Wait(10_000).Say(60, -60);
            human.Wait(6_000 * (1 + (i % 3))).Say(60, -60);
        }

        Assert.Contains("t24-shape", Bench.Hits(beat.Packets));
        Assert.DoesNotContain("t24-shape", Bench.Hits(human.Packets));
    }

    [Fact]
    public void A_day_that_goes_to_one_address_is_concentrated()
    {
        var one = Enumerable.Range(0, 20).Select(i => Record(i, "203.0.113.5", 15_000_000)).ToList();
        var many = Enumerable.Range(0, 20).Select(i => Record(i, $"203.0.113.{i + 1}", 15_000_000)).ToList();
        Assert.Contains("t25-concentration", Told(one, new DayOfSubscriber()));
        Assert.DoesNotContain("t25-concentration", Told(many, new DayOfSubscriber()));
        Assert.DoesNotContain("t25-concentration", Told(one.Select(r => r with { Foreign = false }), new DayOfSubscriber()));
        var all = Enumerable.Range(0, 17).Select(i => Record(i, "203.0.113.5", 1000) with { Begins = i * Hour, Ends = (i * Hour) + 1 });
        Assert.Contains("t25-concentration", Told(all, new DayOfSubscriber()));
        Assert.DoesNotContain("t25-concentration", Told(all.Take(15), new DayOfSubscriber()));
        Assert.Contains("t25-concentration", Told(
            [Record(0, "203.0.113.5", 60_000_000) with { Ends = 3 * Hour }], new DayOfSubscriber()));
    }

    [Fact]
    public void Weak_hits_add_up_at_one_host()
    {
        var hit = Enumerable.Range(0, 6).SelectMany(i =>
            Talk.Tls(40000 + i, i * 500).Say(411, -50, 411, -50, 411, -50).Close().Packets).ToList();
        Assert.Contains("t26-host", Bench.Hits(hit));
        var spread = Enumerable.Range(0, 6).SelectMany(i => Talk.Tls(40000 + i, i * 500, $"203.0.113.{i + 1}")
            .Say(411, -50, 411, -50, 411, -50).Close().Packets).ToList();
        Assert.DoesNotContain("t26-host", Bench.Hits(spread));
    }

    [Fact]
    public void An_entry_that_visits_sites_has_two_roles()
    {
        var visits = Enumerable.Range(1, 3).Select(i =>
            Record(i, $"198.51.100.{i}", 100) with { Flow = Key("203.0.113.5", $"198.51.100.{i}") }).ToList();
        Assert.Contains("t27-dual-role", Told([Record(0, "203.0.113.5", 100), .. visits], new DualRole()));
        Assert.DoesNotContain("t27-dual-role", Told([Record(0, "203.0.113.6", 100), .. visits], new DualRole()));
    }

    [Fact]
    public void A_hundred_foreign_ends_without_names_are_fan_out()
    {
        var ends = Enumerable.Range(0, 100).Select(i =>
            Record(i, $"203.0.{i}.1", 100) with { Begins = i * 1_000_000_000L }).ToList();
        Assert.Contains("t28-fan-out", Told(ends, new FanOut()));
        Assert.DoesNotContain("t28-fan-out", Told(ends.Skip(1), new FanOut()));
        Assert.DoesNotContain("t28-fan-out", Told(ends.Select(r => r with { DnsName = "a.example" }), new FanOut()));
        Assert.DoesNotContain("t28-fan-out", Told(ends.Select(r => r with { Begins = r.Begins * 10 }), new FanOut()));
    }

    [Fact]
    public void Messengers_show_by_address_and_first_octets()
    {
        Assert.Contains("t31-messenger", Bench.Hits(new Talk(server: "149.154.167.51").Open().Packets));
        Assert.Contains("t31-messenger", Bench.Hits(new Talk(serverPort: 5222).Open().Up([0x57, 0x41, 1, 5, 9, 9]).Packets));
        Assert.DoesNotContain("t31-messenger", Bench.Hits(new Talk(serverPort: 5222).Open().Up([0x57, 0x41, 2, 5, 9, 9]).Packets));
    }

    private static HashSet<string> Told(IEnumerable<FlowRecord> records, IDetector detector)
    {
        var evidence = new List<Evidence>();
        foreach (var record in records)
            detector.Feed(record, evidence);
        return [.. evidence.Select(found => found.Detector.Name)];
    }

    private static FlowRecord Record(int minute, string server, long octets) => new()
    {
        Flow = Key("10.0.0.1", server),
        Subscriber = 0,
        Begins = minute * 60_000_000_000L,
        Ends = (minute * 60_000_000_000L) + 1,
        OctetsUp = 0,
        OctetsDown = octets,
        Foreign = true,
    };

    private static FlowKey Key(string client, string server) =>
        new(Packet.Tcp, NetAddress.Parse(client), 40000, NetAddress.Parse(server), 443);

    private static Observe.HelloFields HelloOf(byte[] record)
    {
        Assert.True(Observe.HelloFields.TryParseStream(record, out var hello));
        return hello!;
    }

    private static Packet At(long milliseconds, byte[] ip) => PacketReader.ReadIp(ip, milliseconds * 1_000_000)!;
}
