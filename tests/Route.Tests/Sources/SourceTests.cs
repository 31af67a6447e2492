using System.Security.Cryptography;
using CsCheck;
using Karez.Route.Lists;
using Karez.Route.Sources;

namespace Karez.Route.Tests.Sources;

public class SourceTests
{
    [Fact]
    public void Geosite_has_four_kinds_and_lists_by_attribute()
    {
        var file = Files.Open("geosite.dat", Files.Geosite(
            ("TEST", [(0, "key", []), (1, "^r[0-9]$", []), (2, "Example.org", ["cn", "ads"]), (3, "full.net", [])]),
            ("EMPTY", [])));
        Assert.Equal(["geosite:test", "geosite:test@ads", "geosite:test@cn"], file.Lists.Order());
        Assert.Equal(0, file.Skipped);
        var table = Asking.Table([new RouteRule(RouteAction.Direct, "r") { Lists = ["geosite:TEST"] }], file);
        foreach (var name in (string[])["monkey.net", "r7", "example.org", "a.example.org", "full.net"])
            Assert.Equal(RouteAction.Direct, table.Ask(name));
        foreach (var name in (string[])["r77", "a.full.net", "org"])
            Assert.Equal(RouteAction.Channel, table.Ask(name));
        table = Asking.Table([new RouteRule(RouteAction.Direct, "r") { Lists = ["geosite:test@cn"] }], file);
        Assert.Equal(RouteAction.Direct, table.Ask("example.org"));
        Assert.Equal(RouteAction.Channel, table.Ask("full.net"));
    }

    [Fact]
    public void What_cannot_be_used_is_passed_over_and_counted()
    {
        var file = Files.Open("geosite.dat", Files.Geosite(
            ("A", [(1, "(?<!a)b", []), (2, "a b", []), (7, "x.org", []), (2, "ok.org", [])])));
        Assert.Equal(3, file.Skipped);
        Assert.Equal(1, file.Entries);
    }

    [Fact]
    public void Geoip_has_prefixes_of_both_families_and_inverse_ones()
    {
        var file = Files.Open("geoip.dat", Files.Geoip(
            ("CN", ["1.0.1.0/24", "1.0.2.0/23", "2001:db8::/32"], false), ("NOT", ["0.0.0.0/1", "192.0.0.0/8"], true)));
        var table = Asking.Table([
            new RouteRule(RouteAction.Direct, "r") { Countries = ["CN"] },
            new RouteRule(RouteAction.Refuse, "n") { Countries = ["not"] },
        ], file);
        Assert.Equal(RouteAction.Channel, table.Ask(null, "1.0.0.255"));
        Assert.Equal(RouteAction.Direct, table.Ask(null, "1.0.1.0"));
        Assert.Equal(RouteAction.Direct, table.Ask(null, "1.0.3.255"));
        Assert.Equal(RouteAction.Channel, table.Ask(null, "1.0.4.0"));
        Assert.Equal(RouteAction.Direct, table.Ask(null, "2001:db8:ffff::1"));
        Assert.Equal(RouteAction.Refuse, table.Ask(null, "191.255.255.255"));
        Assert.Equal(RouteAction.Channel, table.Ask(null, "192.255.0.1"));
        Assert.Equal(RouteAction.Refuse, table.Ask(null, "255.255.255.255"));
        Assert.Equal("1.0.1.0 to 1.0.3.255", table.Why(null, "1.0.2.9").Matched);
        Assert.Equal("2001:db8::/32", table.Why(null, "2001:db8::1").Matched);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(32)]
    public void An_mmdb_becomes_the_ranges_of_its_countries(int recordSize)
    {
        var file = Files.Open("country.mmdb", Files.Mmdb(
            recordSize, ("1.0.1.0/24", "CN"), ("1.0.2.0/23", "US"), ("2001:db8::/32", "CN")));
        var table = Asking.Table([
            new RouteRule(RouteAction.Direct, "r") { Countries = ["cn"] },
            new RouteRule(RouteAction.Refuse, "u") { Countries = ["us"] },
        ], file);
        Assert.Equal(RouteAction.Direct, table.Ask(null, "1.0.1.255"));
        Assert.Equal(RouteAction.Refuse, table.Ask(null, "1.0.2.0"));
        Assert.Equal(RouteAction.Channel, table.Ask(null, "1.0.4.0"));
        Assert.Equal(RouteAction.Direct, table.Ask(null, "2001:db8::1"));
        Assert.Equal(RouteAction.Channel, table.Ask(null, "2002:100:100::1")); // the alias is passed over
    }

    [Fact]
    public void A_plain_list_has_names_addresses_and_a_hosts_files_lines()
    {
        var file = Files.Text(
            "ads.txt",
            "# comment", "! comment", "[Adblock]", "", "plain.example # behind", "\t.dotted.example\r",
            "*.star.example", "full:one.example", "keyword:tracker", @"regexp:^ad[0-9]#?\.",
            "192.0.2.0/24", "198.51.100.7", "2001:db8::/48", "0.0.0.0 hosts.example other.example",
            "127.0.0.1 localhost", "::1 localhost ip6-localhost", "two words", "bücher.example", "163.com", "face.be");
        var table = Asking.Table([new RouteRule(RouteAction.Refuse, "r") { Lists = ["ads.txt"] }], file);
        foreach (var name in (string[])["a.plain.example", "dotted.example", "a.star.example", "one.example",
            "mytracker.net", "ad7.x", "hosts.example", "other.example", "mail.163.com", "face.be"])
            Assert.Equal(RouteAction.Refuse, table.Ask(name));
        foreach (var name in (string[])["a.one.example", "a.hosts.example", "localhost", "example"])
            Assert.Equal(RouteAction.Channel, table.Ask(name));
        foreach (var address in (string[])["192.0.2.200", "198.51.100.7", "2001:db8::9"])
            Assert.Equal(RouteAction.Refuse, table.Ask(null, address));
        Assert.Equal(RouteAction.Channel, table.Ask(null, "198.51.100.8"));
        Assert.Equal(4, file.Skipped); // two lines of this machine itself, two words, the letters that are not ASCII
    }

    [Fact]
    public void What_is_no_list_is_refused()
    {
        Assert.Equal(RouteFault.Empty, Compile([]));
        Assert.Equal(RouteFault.Empty, Compile("# nothing\n"u8.ToArray()));
        Assert.Equal(RouteFault.Malformed, Compile([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0]));
        var site = Files.Geosite(("A", [(2, "a.org", [])]));
        Assert.Equal(RouteFault.Malformed, Compile(site[..^1]));
        Assert.Equal(RouteFault.Malformed, Compile(Files.Mmdb(24, ("1.0.0.0/8", "US"))[300..]));
    }

    [Fact]
    public void A_tree_that_leads_back_into_itself_is_refused()
    {
        // Each of 120 nodes leads to the next with both records: 2^120 leaves.
        var tree = new byte[120 * 6];
        for (var i = 0; i < 120; i++)
            (tree[(i * 6) + 2], tree[(i * 6) + 5]) = ((byte)(i + 1), (byte)(i + 1));
        byte[] description = [.. Files.Mmdb(24, ("1.0.0.0/8", "US"))[^200..]];
        var at = description.AsSpan().LastIndexOf("MaxMind.com"u8) - 3;
        description = description[at..];
        var count = description.AsSpan().IndexOf("node_count"u8) + 11;
        (description[count + 2], description[count + 3]) = (0, 120);
        byte[] source = [.. tree, .. new byte[16], 0xE0, .. description];
        Assert.Equal(RouteFault.TooMany, Compile(source));
    }

    [Fact]
    public void A_compiled_file_is_of_its_source_and_whole()
    {
        var source = "example.org"u8.ToArray();
        var digest = SHA256.HashData(source);
        RouteSource.TryCompile(source, digest, out var compiled);
        var octets = compiled.Join();
        Assert.True(RouteList.TryOpen("x", octets, digest, out _));
        Assert.False(RouteList.TryOpen("x", octets, SHA256.HashData("other"u8), out _));
        Assert.False(RouteList.TryOpen("x", octets.AsMemory(0, octets.Length - 1), digest, out _));
        octets[7]++;
        Assert.False(RouteList.TryOpen("x", octets, digest, out _));
    }

    [Fact]
    public void Names_are_found_as_by_looking_at_each()
    {
        var label = Gen.Char["abc"].Array[1, 2].Select(letters => new string(letters));
        var name = label.Array[1, 4].Select(labels => string.Join('.', labels));
        Gen.Select(name.Array[1, 60], Gen.Bool.Array[60], name.Array[30]).Sample((names, full, asked) =>
        {
            var file = Files.Text("t", [.. names.Select((n, i) => full[i] ? $"full:{n}" : n)]);
            var table = Asking.Table([new RouteRule(RouteAction.Direct, "r") { Lists = ["t"] }], file);
            foreach (var one in asked)
            {
                var expected = names.Where((n, i) =>
                    one == n || (!full[i] && one.EndsWith('.' + n, StringComparison.Ordinal))).Any();
                Assert.Equal(expected ? RouteAction.Direct : RouteAction.Channel, table.Ask(one));
            }
        }, iter: 300);
    }

    [Fact]
    public void Addresses_are_found_as_by_looking_at_each()
    {
        var four = Gen.Select(Gen.UInt, Gen.Int[0, 32]).Select((number, bits) => Prefix(number, false, bits));
        var six = Gen.Select(Gen.ULong, Gen.Int[0, 128])
            .Select((number, bits) => Prefix((UInt128)number << 64 | number, true, bits));
        Gen.Select(four.Array[0, 20], six.Array[1, 20]).Sample((fours, sixes) =>
        {
            RoutePrefix[] all = [.. fours, .. sixes];
            var file = Files.Text("t", [.. all.Select(prefix => prefix.ToString())]);
            var table = Asking.Table([new RouteRule(RouteAction.Direct, "r") { Lists = ["t"] }], file);
            foreach (var prefix in all)
            {
                foreach (var number in (UInt128[])[
                    prefix.First.Number, prefix.Last, prefix.First.Number - 1, prefix.Last + 1])
                {
                    var address = prefix.First with
                    {
                        Number = prefix.First.IsIPv6 ? number : (uint)(number & uint.MaxValue),
                    };
                    Assert.Equal(
                        all.Any(p => p.Contains(address)) ? RouteAction.Direct : RouteAction.Channel,
                        table.Decide(new RouteQuery { Address = address }).Action);
                }
            }
        }, iter: 300);
    }

    private static RoutePrefix Prefix(UInt128 number, bool six, int bits)
    {
        Assert.True(RoutePrefix.TryMake(new RouteAddress(number, six), bits, out var prefix));
        return prefix;
    }

    private static RouteFault Compile(byte[] source) =>
        RouteSource.TryCompile(source, SHA256.HashData(source), out _);
}
