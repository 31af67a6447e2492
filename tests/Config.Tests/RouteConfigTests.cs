using System.Text;
using Karez.Route;

namespace Karez.Config.Tests;

public class RouteConfigTests
{
    private const string Link =
        "vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@203.0.113.7:443?security=reality&flow=xtls-rprx-vision"
        + "&sni=www.example.com&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo&sid=0123456789abcdef";

    [Fact]
    public void Written_rules_come_first_then_private_addresses_then_home()
    {
        var config = Read("""{ "home": "cn", "rules": [{ "to": "refuse", "names": ["example.org"], "ports": ["1-9"] }] }""");
        var problems = new List<Problem>();
        var rules = config!.Route!.Compile(problems);
        Assert.Empty(problems);
        Assert.Equal(["$.route.rules[0]", "private addresses", "home cn"], rules.Select(rule => rule.Origin));
        Assert.Equal(new PortRange(1, 9), rules[0].Ports.Single());
        Assert.Equal(RouteAction.Refuse, rules[0].Action);
    }

    [Theory]
    [InlineData("""{ "home": "china" }""", "$.route.home")]
    [InlineData("""{ "otherwise": "maybe" }""", "$.route.otherwise")]
    [InlineData("""{ "rules": [{ "to": "there" }] }""", "$.route.rules[0].to")]
    [InlineData("""{ "rules": [{ "to": "direct", "names": ["a b"] }] }""", "$.route.rules[0].names[0]")]
    [InlineData("""{ "rules": [{ "to": "direct", "addresses": ["1.2.3"] }] }""", "$.route.rules[0].addresses[0]")]
    [InlineData("""{ "rules": [{ "to": "direct", "ports": ["9-1"] }] }""", "$.route.rules[0].ports[0]")]
    [InlineData("""{ "rules": [{ "to": "direct", "network": "icmp" }] }""", "$.route.rules[0].network")]
    [InlineData("""{ "rules": [{ "to": "direct", "name": [] }] }""", "$.route.rules[0].name")]
    public void What_is_wrong_is_told_with_its_path(string route, string path)
    {
        var problems = new List<Problem>();
        Assert.Null(Read(route, problems));
        Assert.Equal(path, Assert.Single(problems).Path);
    }

    private static ClientConfig? Read(string route, List<Problem>? problems = null) => ClientConfig.Read(
        Encoding.UTF8.GetBytes($$"""{ "links": ["{{Link}}"], "route": {{route}} }"""), problems ?? []);
}
