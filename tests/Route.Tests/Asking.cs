using System.Net;
using Karez.Route.Lists;

namespace Karez.Route.Tests;

/// <summary>Rules in the words of the tests.</summary>
internal static class Asking
{
    public static RouteRule Rule(RouteAction action, params string[] names) => new(action, "a test")
    {
        Names = [.. names.Select(name =>
        {
            Assert.True(NamePattern.TryParse(name, out var pattern), name);
            return pattern;
        })],
    };

    public static RouteTable Table(IReadOnlyList<RouteRule> rules, params RouteList[] files)
    {
        var problems = new List<RouteProblem>();
        var table = RouteTable.Compile(rules, files, RouteAction.Channel, problems);
        Assert.Empty(problems);
        Assert.NotNull(table);
        return table;
    }

    public static RouteAction Ask(
        this RouteTable table, string? name, string? address = null, ushort port = 443,
        RouteNetwork network = RouteNetwork.Tcp) => table.Decide(new RouteQuery
        {
            Name = name,
            Address = address is null ? null : RouteAddress.From(IPAddress.Parse(address)),
            Port = port,
            Network = network,
        }).Action;

    public static RouteReason Why(this RouteTable table, string? name, string? address = null)
    {
        var query = new RouteQuery
        {
            Name = name,
            Address = address is null ? null : RouteAddress.From(IPAddress.Parse(address)),
        };
        return table.Explain(query, table.Decide(query));
    }
}
