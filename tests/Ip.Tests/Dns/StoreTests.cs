using CsCheck;
using Karez.Ip.Dns;
using Karez.Wire;

namespace Karez.Ip.Tests.Dns;

/// <summary>The cache, fake addresses, special names.</summary>
public class StoreTests
{
    private static readonly FakeRange s_four = new(Packets.At("198.18.1.0"), 130_000);
    private static readonly FakeRange s_six = new(Packets.At("fd6b:6172:657a:1::1"), 130_000);

    [Fact]
    public void A_kept_answer_ages_and_ends()
    {
        var cache = new DnsCache(10);
        var asked = Messages.Ask("A.example.org", DnsType.A, id: 1);
        var query = Messages.Read(asked);
        var octets = new byte[DnsQuery.MaxMessage];
        Assert.Equal(0, cache.TryWrite(query, default, octets));
        cache.Add(
            "a.example.org", DnsType.A, Messages.Answer(asked, 0, (DnsType.A, 100, [9, 9, 9, 9], false)), default);
        var again = Messages.Read(Messages.Ask("a.EXAMPLE.org", DnsType.A, id: 0x7777));
        var length = cache.TryWrite(again, new Instant(40_000), octets);
        var at = 12 + again.Question.Length;
        Assert.True(DnsRecord.TryRead(octets.AsSpan(0, length), ref at, out var record));
        Assert.Equal((60u, 0x77), (record.Ttl, octets[0]));
        Assert.True(octets.AsSpan(12).StartsWith(again.Question));
        Assert.Equal(0, cache.TryWrite(again, new Instant(100_000), octets));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void The_cache_is_bounded_and_keeps_what_is_used()
    {
        var cache = new DnsCache(2);
        var octets = new byte[DnsQuery.MaxMessage];
        foreach (var name in (string[])["a.x", "b.x"])
            Keep(cache, name);
        Assert.NotEqual(0, cache.TryWrite(Messages.Read(Messages.Ask("a.x", DnsType.A)), default, octets));
        Keep(cache, "c.x");
        Assert.Equal(2, cache.Count);
        Assert.NotEqual(0, cache.TryWrite(Messages.Read(Messages.Ask("a.x", DnsType.A)), default, octets));
        Assert.Equal(0, cache.TryWrite(Messages.Read(Messages.Ask("b.x", DnsType.A)), default, octets));
        cache.Clear();
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_name_has_one_number_and_two_addresses_which_lead_back()
    {
        var pool = new FakeAddresses(s_four, s_six, 1000);
        Assert.True(pool.TryGive("www.example.org", default, out var number));
        Assert.True(pool.TryGive("www.example.org", default, out var again));
        Assert.Equal(number, again);
        Assert.True(pool.TryFind(pool.IPv4.AddressOf(number), default, out var name));
        Assert.True(pool.TryFind(pool.IPv6.AddressOf(number), default, out var other));
        Assert.Equal(("www.example.org", "www.example.org"), (name, other));
        Assert.False(pool.TryFind(pool.IPv4.AddressOf((number + 1) % 130_000), default, out _));
        Assert.False(pool.TryFind(Packets.At("198.18.0.255"), default, out _));
    }

    [Fact]
    public void A_name_has_the_same_number_after_a_restart()
    {
        var names = Enumerable.Range(0, 500).Select(i => $"host{i}.example.org").ToList();
        var one = new FakeAddresses(s_four, s_six, 1000);
        var two = new FakeAddresses(s_four, s_six, 1000);
        var first = names.Select(n => NumberIn(one, n)).ToList();
        names.Reverse();
        var second = names.Select(n => NumberIn(two, n)).ToList();
        second.Reverse();
        Assert.Equal(500, first.Distinct().Count());
        Assert.InRange(first.Zip(second).Count(p => p.First == p.Second), 490, 500);
    }

    [Fact]
    public void A_full_pool_gives_away_only_what_has_rested()
    {
        var pool = new FakeAddresses(s_four, s_six, 2);
        Assert.True(pool.TryGive("a.x", new Instant(0), out var first));
        Assert.True(pool.TryGive("b.x", new Instant(1), out _));
        Assert.True(pool.TryFind(pool.IPv4.AddressOf(first), new Instant(1000), out _));
        Assert.False(pool.TryGive("c.x", new Instant(3_600_000), out _));
        Assert.True(pool.TryGive("c.x", new Instant(3_600_001), out _));
        Assert.Equal(2, pool.Count);
        Assert.True(pool.TryFind(pool.IPv4.AddressOf(first), default, out var name) && name == "a.x");
    }

    [Fact]
    public void Whatever_is_asked_no_two_names_share_an_address() => Gen.Int[0, 400].Array[1, 300].Sample(asked =>
    {
        var pool = new FakeAddresses(new(Packets.At("10.0.0.0"), 200), s_six, 100);
        var now = 0L;
        foreach (var i in asked)
        {
            now += 60_000;
            if (!pool.TryGive($"n{i}.x", new Instant(now), out var number))
                continue;
            Assert.True(pool.TryFind(pool.IPv4.AddressOf(number), new Instant(now), out var name));
            Assert.Equal($"n{i}.x", name);
        }

        Assert.InRange(pool.Count, 1, 100);
    }, iter: 200);

    [Fact]
    public void Finding_a_name_allocates_nothing()
    {
        var pool = new FakeAddresses(s_four, s_six, 100);
        pool.TryGive("a.x", default, out var number);
        var address = pool.IPv6.AddressOf(number);
        pool.TryFind(address, default, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            pool.TryFind(address, new Instant(i), out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("localhost", SpecialName.Loopback)]
    [InlineData("db.localhost", SpecialName.Loopback)]
    [InlineData("notlocalhost", SpecialName.Nowhere)]
    [InlineData("printer", SpecialName.Nowhere)]
    [InlineData("", SpecialName.Nowhere)]
    [InlineData("printer.local", SpecialName.Nowhere)]
    [InlineData("x.onion", SpecialName.Nowhere)]
    [InlineData("1.0.0.10.in-addr.arpa", SpecialName.Reverse)]
    [InlineData("use-application-dns.net", SpecialName.Resolver)]
    [InlineData("_dns.resolver.arpa", SpecialName.Resolver)]
    [InlineData("www.example.org", SpecialName.None)]
    [InlineData("local.example.org", SpecialName.None)]
    [InlineData("mylocal.de", SpecialName.None)]
    public void Names_are_what_they_are(string name, SpecialName kind) =>
        Assert.Equal(kind, SpecialNames.KindOf(name));

    [Theory]
    [InlineData("4.3.2.1.in-addr.arpa", "1.2.3.4")]
    [InlineData("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.a.7.5.6.2.7.1.6.b.6.d.f.ip6.arpa", "fd6b:6172:657a:1::1")]
    [InlineData("3.2.1.in-addr.arpa", null)]
    [InlineData("256.3.2.1.in-addr.arpa", null)]
    [InlineData("5.4.3.2.1.in-addr.arpa", null)]
    [InlineData("in-addr.arpa", null)]
    [InlineData("1.0.ip6.arpa", null)]
    public void Addresses_are_read_out_of_their_names(string name, string? address)
    {
        Assert.Equal(address is not null, SpecialNames.TryReadReverse(name, out var found));
        if (address is not null)
            Assert.Equal(Packets.At(address), found);
    }

    [Fact]
    public void Known_resolvers_are_known()
    {
        Assert.True(SpecialNames.IsKnownResolver("dns.google"));
        Assert.True(SpecialNames.IsKnownResolver("mozilla.cloudflare-dns.com"));
        Assert.False(SpecialNames.IsKnownResolver("notdns.google"));
        Assert.True(SpecialNames.IsKnownResolver(Packets.At("9.9.9.9")));
        Assert.False(SpecialNames.IsKnownResolver(Packets.At("9.9.9.1")));
    }

    private static int NumberIn(FakeAddresses pool, string name)
    {
        Assert.True(pool.TryGive(name, default, out var number));
        return number;
    }

    private static void Keep(DnsCache cache, string name) => cache.Add(
        name,
        DnsType.A,
        Messages.Answer(Messages.Ask(name, DnsType.A), 0, (DnsType.A, 100, [1, 1, 1, 1], false)),
        default);
}
