using System.Globalization;
using System.Text;
using Karez.Lab.Router;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tests.Router;

/// <summary>The router without sockets: ways, translation, taps, censors, lines, seeds.</summary>
public class RouterCoreTests
{
    private const string Inner = "100.64.0.2", Outer = "198.18.0.1", Home = "198.18.16.1", Far = "198.19.0.1";

    [Fact]
    public void A_packet_abroad_passes_every_place_and_comes_back_translated()
    {
        var bed = new Wired();
        bed.Core.Offer(1, Packets.Udp(Inner, 5000, Far, 443), default);
        var (to, packet) = Assert.Single(bed.Run());
        Assert.Equal("far", to);
        Assert.True(Packets.AreSumsRight(packet));
        Assert.True(Ipv4Packet.TryRead(packet, out var read));
        Assert.Equal((Outer, 4000), (Packets.Text(read.Source), read.SourcePort));
        Assert.Equal(
            ["Carrier Outward 0 100.64.0.2", "Provincial Outward 0 198.18.0.1", "National Outward 0 198.18.0.1"], bed.Seen);

        bed.Seen.Clear();
        bed.Core.Offer(3, Packets.Udp(Far, 443, Outer, 4000), default);
        (to, packet) = Assert.Single(bed.Run());
        Assert.Equal("sub", to);
        Assert.True(Packets.AreSumsRight(packet));
        Assert.True(Ipv4Packet.TryRead(packet, out read));
        Assert.Equal((Inner, 5000), (Packets.Text(read.Destination), read.DestinationPort));
        Assert.Equal(
            ["National Inward 0 198.19.0.1", "Provincial Inward 0 198.19.0.1", "Carrier Inward 0 198.19.0.1"], bed.Seen);
    }

    [Fact]
    public void Domestic_packets_do_not_pass_the_border_and_others_pass_nothing_else()
    {
        var bed = new Wired();
        bed.Core.Offer(1, Packets.Tcp(Inner, 5000, Home, 80), default);
        Assert.Equal("home", Assert.Single(bed.Run()).To);
        Assert.Equal(["Carrier Outward 0 100.64.0.2", "Provincial Outward 0 198.18.0.1"], bed.Seen);
        bed.Seen.Clear();
        bed.Core.Offer(2, Packets.Tcp(Home, 5000, Far, 443), default);
        Assert.Equal("far", Assert.Single(bed.Run()).To);
        Assert.Equal(["National Outward -1 198.18.16.1"], bed.Seen);
    }

    [Fact]
    public void What_nobody_has_is_seen_and_goes_nowhere()
    {
        var bed = new Wired();
        bed.Core.Offer(1, Packets.Tcp(Inner, 5000, "149.154.167.51", 443), default);
        Assert.Empty(bed.Run());
        Assert.Equal(3, bed.Seen.Count);
        Assert.Equal(1, bed.Core.Counts.Unroutable);
        bed.Core.Offer(3, Packets.Udp(Far, 443, Outer, 4001), default); // No mapping.
        bed.Core.Offer(3, Packets.Udp(Far, 443, Outer, 60000), default); // Nobody's block.
        bed.Core.Offer(1, Packets.Udp("100.64.0.9", 1, Far, 443), default); // Not his address.
        bed.Core.Offer(9, Packets.Udp(Inner, 1, Far, 443), default); // No such interface.
        bed.Core.Offer(1, new byte[40], default); // No IPv4.
        Assert.Empty(bed.Run());
        Assert.Equal((3, 1, 2), (bed.Core.Counts.Refused, bed.Core.Counts.Untranslated, bed.Core.Counts.Unroutable));
    }

    [Fact]
    public void A_censor_drops_delays_and_freezes()
    {
        var bed = new Wired();
        var verdict = Verdict.Drop;
        bed.Core.Add(new Censor(Place.National, (in Passing _, IInjector _) => verdict));
        bed.Core.Offer(1, Packets.Udp(Inner, 5000, Far, 443), default);
        Assert.Empty(bed.Run());

        verdict = Verdict.Delay(TimeSpan.FromMilliseconds(30));
        bed.Core.Offer(1, Packets.Udp(Inner, 5000, Far, 443), default);
        Assert.Empty(bed.Run(TimeSpan.FromMilliseconds(29)));
        Assert.Single(bed.Run(TimeSpan.FromMilliseconds(31)));

        verdict = Verdict.Freeze(TimeSpan.FromSeconds(60));
        var now = TimeSpan.FromSeconds(1);
        bed.Core.Offer(1, Packets.Udp(Inner, 5000, Far, 443), now);
        Assert.Empty(bed.Run(now));
        verdict = Verdict.Pass;
        bed.Core.Offer(3, Packets.Udp(Far, 443, Outer, 4000), now); // The same flow, the other way.
        bed.Core.Offer(1, Packets.Udp(Inner, 5001, Far, 443), now); // Another flow.
        Assert.Equal("far", Assert.Single(bed.Run(now)).To);
        now += TimeSpan.FromSeconds(61);
        bed.Core.Offer(1, Packets.Udp(Inner, 5000, Far, 443), now);
        Assert.Single(bed.Run(now));
        Assert.Equal(3, bed.Core.Counts.Censored);
    }

    [Fact]
    public void A_forged_reset_comes_from_its_place_on_and_is_translated()
    {
        var bed = new Wired();
        bed.Core.Add(new Censor(Place.National, (in Passing passing, IInjector injector) =>
        {
            if (passing.Heading != Heading.Outward)
                return Verdict.Pass;
            Assert.True(Ipv4Packet.TryRead(passing.Packet, out var read));
            var (source, port) = (Packets.Text(read.Source), read.SourcePort);
            injector.Inject(Packets.Tcp(Far, 443, source, port, 4), Heading.Inward, TimeSpan.FromMilliseconds(18));
            injector.Inject(Packets.Tcp(source, port, Far, 443, 4), Heading.Outward, TimeSpan.Zero);
            return Verdict.Drop;
        }));
        bed.Core.Offer(1, Packets.Tcp(Inner, 5000, Far, 443), default);
        var first = Assert.Single(bed.Run());
        Assert.Equal(("far", 4), (first.To, first.Packet[33]));
        bed.Seen.Clear();
        var second = Assert.Single(bed.Run(TimeSpan.FromMilliseconds(18)));
        Assert.Equal(("sub", 4), (second.To, second.Packet[33]));
        Assert.True(Packets.AreSumsRight(second.Packet));
        Assert.True(Ipv4Packet.TryRead(second.Packet, out var back));
        Assert.Equal((Inner, 5000), (Packets.Text(back.Destination), back.DestinationPort));
        Assert.Equal(
            ["National Inward 0 198.19.0.1", "Provincial Inward 0 198.19.0.1", "Carrier Inward 0 198.19.0.1"], bed.Seen);
    }

    [Fact]
    public void Censors_let_their_own_pass_and_nobody_else()
    {
        const string Probers = "198.18.200.10";
        var bed = new Wired();
        bed.Add("prober", 4, Probers, false, Passing.Nobody, isCensors: true);
        bed.Core.Add(new Censor(Place.National, (in Passing _, IInjector _) => Verdict.Freeze(TimeSpan.FromMinutes(3))));
        bed.Core.Offer(1, Packets.Tcp(Inner, 5000, Far, 443), default);
        bed.Core.Offer(2, Packets.Tcp(Home, 5000, Far, 443), default);
        Assert.Empty(bed.Run());
        bed.Core.Offer(4, Packets.Tcp(Probers, 5000, Far, 443), default);
        Assert.Equal("far", Assert.Single(bed.Run()).To);
        bed.Core.Offer(3, Packets.Tcp(Far, 443, Probers, 5000), default);
        Assert.Equal("prober", Assert.Single(bed.Run()).To);
        Assert.Equal("National Inward -1 198.19.0.1", bed.Seen[^1]); // seen by taps as any
    }

    [Fact]
    public void Lines_are_cut_whole_or_at_the_border()
    {
        var bed = new Wired();
        bed.Core.SetLine(0, LineState.Domestic);
        bed.Core.Offer(1, Packets.Udp(Inner, 1, Far, 443), default);
        bed.Core.Offer(1, Packets.Udp(Inner, 1, Home, 53), default);
        Assert.Equal("home", Assert.Single(bed.Run()).To);
        bed.Core.SetLine(0, LineState.Cut);
        bed.Core.Offer(1, Packets.Udp(Inner, 1, Home, 53), default);
        Assert.Empty(bed.Run());
        bed.Core.SetLine(0, LineState.Open);
        bed.Core.Offer(1, Packets.Udp(Inner, 1, Far, 443), default);
        Assert.Single(bed.Run());
    }

    [Fact]
    public void The_same_seed_makes_the_same_run()
    {
        static string Play(int seed)
        {
            var access = LinkProfiles.Access["4g"];
            var bed = new Wired(access.Up with { Loss = 0.1, Reorder = 0.1 }, access.Down, seed);
            bed.Core.Add(new Censor(Place.Provincial, (in Passing _, IInjector injector) =>
                injector.Random.NextDouble() < 0.26 ? Verdict.Drop : Verdict.Pass));
            var log = new StringBuilder();
            for (var i = 0; i < 500; i++)
            {
                var now = TimeSpan.FromMilliseconds(3 * i);
                bed.Core.Offer(1, Packets.Udp(Inner, 5000 + (i % 7), Far, 443), now);
                foreach (var (to, packet) in bed.Run(now))
                    log.Append(CultureInfo.InvariantCulture, $"{i} {to} {packet[21]} {bed.LastDue.Ticks}\n");
            }

            return log.ToString();
        }

        Assert.Equal(Play(5), Play(5));
        Assert.NotEqual(Play(5), Play(6));
        Assert.InRange(Play(5).Count(c => c == '\n'), 200, 450);
    }

    [Fact]
    public void Memory_is_bounded()
    {
        var bed = new Wired(new LinkProfile(10_000), LinkProfile.None);
        for (var i = 0; i < 40_000; i++)
            bed.Core.Offer(1, Packets.Udp(Inner, 1, Far, 443), default);
        Assert.Equal(40_000 - (1 << 15), bed.Core.Counts.NoRoom);
    }

    private delegate Verdict Judging(in Passing passing, IInjector injector);

    private sealed class Censor(Place place, Judging judge) : ICensor
    {
        public string Name => "test";

        public Place Place => place;

        public Verdict Judge(in Passing passing, IInjector injector) => judge(passing, injector);
    }

    private sealed class Log(Place place, List<string> seen) : ITap
    {
        public Place Place => place;

        public void See(in Passing passing)
        {
            Assert.True(Ipv4Packet.TryRead(passing.Packet, out var read));
            seen.Add($"{passing.Place} {passing.Heading} {passing.Subscriber} {Packets.Text(read.Source)}");
        }
    }

    private sealed class Wired : IRouterOutput
    {
        private readonly List<(string, byte[])> _out = [];

        public Wired(LinkProfile? up = null, LinkProfile? down = null, int seed = 1)
        {
            var nat = new CarrierNat();
            nat.Add(0, Wiring.NumberOf(Inner), Wiring.NumberOf(Outer), 4000, 100);
            Core = new RouterCore(nat, 1, seed);
            foreach (var place in Enum.GetValues<Place>())
                Core.Add(new Log(place, Seen));
            Add("sub", 1, Inner, false, 0, up, down, seed);
            Add("home", 2, Home, false, Passing.Nobody, null, null, seed);
            Add("far", 3, Far, true, Passing.Nobody, null, null, seed);
        }

        public RouterCore Core { get; }

        public List<string> Seen { get; } = [];

        public TimeSpan LastDue { get; private set; }

        public void Send(Attachment machine, ReadOnlySpan<byte> packet, TimeSpan due)
        {
            _out.Add((machine.Name, packet.ToArray()));
            LastDue = due;
        }

        public List<(string To, byte[] Packet)> Run(TimeSpan now = default)
        {
            _out.Clear();
            Core.RunDue(now, this);
            return [.. _out];
        }

        public void Add(
            string name, int at, string address, bool foreign, int subscriber, LinkProfile? up = null,
            LinkProfile? down = null, int seed = 1, bool isCensors = false) =>
            Core.Add(new Attachment
            {
                Name = name,
                IsCensors = isCensors,
                Interface = at,
                Header = new byte[14],
                From = new LinkModel(up ?? LinkProfile.None, Seeds.Of(seed, name + " up")),
                To = new LinkModel(down ?? LinkProfile.None, Seeds.Of(seed, name + " down")),
                Foreign = foreign,
                Subscriber = subscriber,
                Addresses = [Wiring.NumberOf(address)],
            });
    }
}
