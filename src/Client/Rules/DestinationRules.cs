using Karez.Proxy;
using Karez.Route;

namespace Karez.Client.Rules;

/// <summary>The rules as local programs' requests ask them.</summary>
internal static class DestinationRules
{
    /// <summary>
    /// Which way a destination goes. A name goes direct only where it does for every port: then the resolvers that are
    /// asked for it here are the same ones, whether a program asks by itself or by SOCKS.
    /// </summary>
    public static RouteAction ActionOf(this RouteTable rules, in Destination destination, RouteNetwork network)
    {
        if (destination.IsNone)
            return RouteAction.Channel;
        if (!destination.IsName)
        {
            Span<byte> octets = stackalloc byte[16];
            RouteAddress.TryRead(octets[..destination.WriteHost(octets)], out var address);
            return rules.Decide(new RouteQuery
            {
                Address = address,
                Port = destination.Port,
                Network = network,
            }).Action;
        }

        var name = destination.Name.ToLowerInvariant().TrimEnd('.');
        var action = rules.Decide(new RouteQuery { Name = name, Port = destination.Port, Network = network }).Action;
        return action == RouteAction.Direct ? rules.DecideName(name).Action : action;
    }
}
