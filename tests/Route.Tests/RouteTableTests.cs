using System.Globalization;

namespace Karez.Route.Tests;

public class RouteTableTests
{
    [Theory]
    [InlineData("example.org", "example.org", true)]
    [InlineData("example.org", "a.b.example.org", true)]
    [InlineData("example.org", "badexample.org", false)]
    [InlineData("example.org", "example.org.evil.net", false)]
    [InlineData("example.org", "org", false)]
    [InlineData("*.example.org", "a.example.org", true)]
    [InlineData(".example.org", "example.org", true)]
    [InlineData("full:example.org", "example.org", true)]
    [InlineData("full:example.org", "a.example.org", false)]
    [InlineData("suffix:cn", "example.cn", true)]
    [InlineData("domain:cn", "cn", true)]
    [InlineData("keyword:ampl", "a.example.org", true)]
    [InlineData("keyword:ampl", "example2.org", true)]
    [InlineData("keyword:ampl", "amp.le", false)]
    [InlineData(@"regexp:^a[0-9]+\.example\.org$", "a12.example.org", true)]
    [InlineData(@"regexp:^a[0-9]+\.example\.org$", "b.a12.example.org", false)]
    [InlineData("regex:le$", "example", true)]
    [InlineData("Example.ORG.", "example.org", true)]
    public void A_pattern_holds_for_the_names_it_means(string pattern, string name, bool holds)
    {
        var table = Asking.Table([Asking.Rule(RouteAction.Direct, pattern)]);
        Assert.Equal(holds ? RouteAction.Direct : RouteAction.Channel, table.Ask(name));
        Assert.Equal(holds ? RouteAction.Direct : RouteAction.Channel, table.DecideName(name).Action);
    }

    [Fact]
    public void Names_of_every_length_are_found_also_where_their_line_has_no_room_and_no_other_is()
    {
        string[] names =
        [
            .. Enumerable.Range(0, 3_000).Select(i => i.ToString("x", CultureInfo.InvariantCulture)).Select((sign, i) =>
                string.Join('.', Enumerable.Repeat(sign + new string('a', i % 40), 1 + (i % 5))) + ".example"),
        ];
        Assert.Contains(names, name => name.Length > 200);
        var table = Asking.Table(
            [new RouteRule(RouteAction.Direct, "r") { Lists = ["many"] }],
            Files.Text("many", [.. names.Select(name => $"full:{name}")]));
        foreach (var name in names)
        {
            Assert.Equal(RouteAction.Direct, table.Ask(name));
            Assert.Equal(RouteAction.Channel, table.Ask($"z{name}"));
            Assert.Equal(RouteAction.Channel, table.Ask($"{name[..^1]}f"));
            Assert.Equal(RouteAction.Channel, table.Ask($"z.{name}"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("geosite:cn")]
    [InlineData("full:")]
    [InlineData("bücher.example")]
    public void What_is_no_pattern_is_refused(string text) => Assert.False(NamePattern.TryParse(text, out _));

    [Fact]
    public void The_first_rule_that_holds_decides()
    {
        var table = Asking.Table([
            Asking.Rule(RouteAction.Refuse, "ads.example.org"),
            Asking.Rule(RouteAction.Direct, "example.org"),
        ]);
        Assert.Equal(RouteAction.Refuse, table.Ask("x.ads.example.org"));
        Assert.Equal(RouteAction.Direct, table.Ask("x.example.org"));
        Assert.Equal(RouteAction.Channel, table.Ask("example.net"));
    }

    [Fact]
    public void All_conditions_must_hold()
    {
        var rule = Asking.Rule(RouteAction.Direct, "example.org") with
        {
            Ports = [new PortRange(22, 22), new PortRange(6000, 6100)],
            Network = RouteNetwork.Tcp,
        };
        var table = Asking.Table([rule]);
        Assert.Equal(RouteAction.Direct, table.Ask("example.org", port: 22));
        Assert.Equal(RouteAction.Direct, table.Ask("example.org", port: 6100));
        Assert.Equal(RouteAction.Channel, table.Ask("example.org", port: 6101));
        Assert.Equal(RouteAction.Channel, table.Ask("example.org", port: 22, network: RouteNetwork.Udp));
        Assert.Equal(RouteAction.Channel, table.Ask("example.net", port: 22));
        Assert.Equal(RouteAction.Channel, table.Ask("example.org", port: 0));
    }

    [Fact]
    public void A_rule_without_a_target_has_every_flow()
    {
        var table = Asking.Table([new RouteRule(RouteAction.Refuse, "a test") { Ports = [new PortRange(25, 25)] }]);
        Assert.Equal(RouteAction.Refuse, table.Ask("example.org", port: 25));
        Assert.Equal(RouteAction.Refuse, table.Ask(null, "192.0.2.1", port: 25));
        Assert.Equal(RouteAction.Channel, table.Ask("example.org", port: 26));
    }

    [Fact]
    public void A_name_that_may_go_through_the_channel_is_no_direct_name()
    {
        var table = Asking.Table([
            new RouteRule(RouteAction.Channel, "first") { Ports = [new PortRange(443, 443)] },
            Asking.Rule(RouteAction.Direct, "example.org"),
        ]);
        Assert.Equal(RouteAction.Direct, table.Ask("example.org", port: 80));
        Assert.Equal(RouteAction.Channel, table.DecideName("example.org").Action);
    }

    [Fact]
    public void A_direct_rule_for_a_port_makes_no_name_direct()
    {
        var table = Asking.Table([
            Asking.Rule(RouteAction.Direct, "example.org") with { Ports = [new PortRange(22, 22)] },
        ]);
        Assert.Equal(RouteAction.Direct, table.Ask("example.org", port: 22));
        Assert.Equal(RouteAction.Channel, table.DecideName("example.org").Action);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.1.1", true)]
    [InlineData("100.64.0.1", false)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("192.0.2.1", false)]
    public void Without_rules_private_addresses_go_direct(string address, bool direct) =>
        Assert.Equal(direct ? RouteAction.Direct : RouteAction.Channel, RouteTable.Default.Ask(null, address));

    [Fact]
    public void Home_is_what_the_files_list_for_a_country()
    {
        var sites = Files.Open("geosite.dat", Files.Geosite(
            ("CN", [(2, "example.cn", [])]), ("GEOLOCATION-CN", [(3, "www.example.com", [])]),
            ("US", [(2, "example.us", [])])));
        var addresses = Files.Open("geoip.dat", Files.Geoip(("CN", ["192.0.2.0/24"], false)));
        var table = Asking.Table([RouteRule.Home("CN")], sites, addresses);
        Assert.Equal(RouteAction.Direct, table.Ask("a.example.cn"));
        Assert.Equal(RouteAction.Direct, table.Ask("www.example.com"));
        Assert.Equal(RouteAction.Direct, table.Ask(null, "192.0.2.77"));
        Assert.Equal(RouteAction.Channel, table.Ask("example.us"));
        Assert.Equal(RouteAction.Channel, table.Ask(null, "198.51.100.1"));
    }

    [Fact]
    public void Home_with_one_kind_of_file_is_enough_and_with_none_is_a_problem()
    {
        var addresses = Files.Open("geoip.dat", Files.Geoip(("CN", ["192.0.2.0/24"], false)));
        Assert.Equal(RouteAction.Direct, Asking.Table([RouteRule.Home("cn")], addresses).Ask(null, "192.0.2.1"));
        var problems = new List<RouteProblem>();
        Assert.Null(RouteTable.Compile([RouteRule.Home("ir")], [addresses], RouteAction.Channel, problems));
        Assert.Equal("home ir", Assert.Single(problems).Origin);
    }

    [Fact]
    public void What_no_file_has_is_a_problem_each()
    {
        var problems = new List<RouteProblem>();
        var rule = new RouteRule(RouteAction.Direct, "r") { Lists = ["geosite:cn", "my.txt"], Countries = ["cn"] };
        Assert.Null(RouteTable.Compile([rule], [], RouteAction.Channel, problems));
        Assert.Equal(3, problems.Count);
    }

    [Fact]
    public void A_reason_names_rule_entry_list_and_file()
    {
        var file = Files.Open("geosite.dat", Files.Geosite(("CN", [(2, "example.cn", [])])));
        var rule = new RouteRule(RouteAction.Direct, "$.route.rules[0]") { Lists = ["geosite:cn"] };
        var table = Asking.Table([rule, RouteRule.Private], file);
        Assert.Equal(
            new RouteReason(new(RouteAction.Direct, 0), "$.route.rules[0]", "example.cn", "geosite:cn", "geosite.dat"),
            table.Why("www.example.cn"));
        Assert.Equal(
            new RouteReason(new(RouteAction.Direct, 1), "private addresses", "192.168.0.0/16"),
            table.Why(null, "192.168.7.7"));
        Assert.Equal(new RouteReason(new(RouteAction.Channel, -1), "otherwise"), table.Why("example.net"));
    }

    [Fact]
    public void An_expression_that_could_take_long_is_refused()
    {
        foreach (var pattern in (string[])[@"(a)\1", "(?=a)b", "a{64}", "a{2}b{2}c{2}", "("])
        {
            var problems = new List<RouteProblem>();
            var rule = Asking.Rule(RouteAction.Direct, $"regexp:{pattern}");
            Assert.Null(RouteTable.Compile([rule], [], RouteAction.Channel, problems));
            Assert.Single(problems);
        }
    }

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var file = Files.Open("geosite.dat", Files.Geosite(
            ("CN", [(2, "example.cn", []), (0, "keyword", []), (1, "^a+$", [])])));
        var table = Asking.Table(
            [new RouteRule(RouteAction.Direct, "r") { Lists = ["geosite:cn"] }, RouteRule.Private], file);
        Ask();
        Ask(); // the automaton is made as it is used
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Ask();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Ask()
        {
            table.Decide(new RouteQuery { Name = "www.some.example.net", Port = 443, Network = RouteNetwork.Tcp });
            table.Decide(new RouteQuery { Address = new RouteAddress(0x0A00_0001, false) });
            table.DecideName("www.example.cn");
        }
    }
}
