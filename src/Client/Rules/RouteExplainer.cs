using System.Net;
using Karez.Config.Links;
using Karez.Ip.Dns;
using Karez.Proxy;
using Karez.Route;

namespace Karez.Client.Rules;

/// <summary>
/// Explains what the rules say of a destination; the same table and the same steps as when it is used.
/// </summary>
public static class RouteExplainer
{
    /// <summary>The port where none is given.</summary>
    public const int DefaultPort = 443;

    private const string FarNames =
        "no resolver here is asked: the node finds the address (with --tun programs get a fake one)";

    /// <summary>Explains a destination.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="text"><c>HOST</c> or <c>HOST:PORT</c>.</param>
    /// <param name="isUdp">Whether it is UDP.</param>
    /// <param name="node">The node, if one is known.</param>
    /// <returns>Null where the text is no destination.</returns>
    public static RouteWhy? Explain(RouteTable rules, string text, bool isUdp, VlessLink? node)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (!TryRead(text, out var destination))
            return null;
        var network = isUdp ? RouteNetwork.Udp : RouteNetwork.Tcp;
        var query = Query(destination, network);
        var decision = rules.Decide(query);
        // A name is decided before its port is known, and goes direct only where both say so.
        if (destination.IsName && decision.Action == RouteAction.Direct)
            decision = rules.DecideName(query.Name);
        var reason = rules.Explain(query, decision);
        var host = query.Name.IsEmpty ? query.Address!.Value.ToString() : query.Name.ToString(); // one of them is known
        return new RouteWhy(
            host, destination.Port, isUdp ? "udp" : "tcp", decision.Action.ToString().ToLowerInvariant(),
            reason.Origin, reason.Matched, reason.List, reason.File,
            NamesOf(destination, decision.Action, host), CarrierOf(destination, decision.Action, host, isUdp, node));
    }

    private static bool TryRead(string text, out Destination destination) => IPAddress.TryParse(text, out var address)
        ? Destination.TryFromAddress(address, DefaultPort, out destination)
        : Destination.TryParse(text, out destination, DefaultPort);

    private static RouteQuery Query(in Destination destination, RouteNetwork network) => new()
    {
        Name = destination.IsName ? destination.Name.ToLowerInvariant().TrimEnd('.') : default,
        Address = destination.ToAddress() is { } address ? RouteAddress.From(address) : null,
        Port = destination.Port,
        Network = network,
    };

    private static string NamesOf(in Destination destination, RouteAction action, string host) => action switch
    {
        RouteAction.Refuse => "nobody is asked",
        _ when !destination.IsName => "there is none to ask for",
        RouteAction.Direct => $"the direct resolver is asked for {host}: --direct-dns, or whom this machine asks",
        _ => SpecialNames.KindOf(host) switch
        {
            SpecialName.Nowhere => "with --tun answered here: no such name, since it is none of the public DNS; "
                + "by the port the node is asked, and finds none",
            SpecialName.Loopback => "with --tun answered here with this machine's own address",
            SpecialName.Resolver => "with --tun answered here: no such name, so that browsers ask here",
            _ => FarNames,
        },
    };

    private static string CarrierOf(
        in Destination destination, RouteAction action, string host, bool isUdp, VlessLink? node)
    {
        switch (action)
        {
            case RouteAction.Refuse:
                return "nothing";
            case RouteAction.Direct:
                var question = destination.IsName ? $"a question for {host}, then " : "";
                var where = destination.IsName ? "its address" : host;
                var isTls = destination is { Port: 443, IsName: true };
                var inside = isTls ? $", most likely with {host} in its hello" : "";
                var what = isUdp ? "datagrams" : "a connection";
                return $"{question}{what} to {where}, port {destination.Port}{inside}";
            default:
                var to = node is null ? "the node" : $"{node.Host}:{node.Port}";
                var name = node is null ? "the borrowed name" : node.ServerName;
                return $"a TLS connection to {to} with {name} in its hello; how much goes when, not where to";
        }
    }
}
