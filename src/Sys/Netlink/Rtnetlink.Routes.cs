using System.Net;

namespace Karez.Sys.Netlink;

/// <content>Routes.</content>
public sealed partial class Rtnetlink
{
    /// <summary>Lists the routes of all tables, both families, without the kernel's own cache.</summary>
    public int ReadRoutes(List<RouteEntry> routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        return Dump(GetRoute, RouteSize, (type, body) =>
        {
            if (type == NewRoute && ParseRoute(body) is { } route)
                routes.Add(route);
        }, routes.Clear);
    }

    /// <summary>Adds a route; minus EEXIST where there is one.</summary>
    public int AddRoute(RouteEntry route) => Change(NewRoute, Create | Exclusive, route);

    /// <summary>Removes a route; minus ESRCH where there is none.</summary>
    public int DeleteRoute(RouteEntry route) => Change(OldRoute, 0, route);

    internal static RouteEntry? ParseRoute(ReadOnlySpan<byte> body)
    {
        if (body.Length < RouteSize
            || Family(body[0]) is not { } family
            || (BitConverter.ToUInt32(body[8..]) & Cloned) != 0)
            return null;
        IPAddress? destination = null, gateway = null;
        var (link, metric, table) = (0, 0u, (uint)body[4]);
        for (var reader = new NetlinkReader(body[RouteSize..]); reader.MoveNext();)
        {
            switch (reader.Type)
            {
                case RouteDestination: destination = reader.Address; break;
                case RouteGateway: gateway = reader.Address; break;
                case RouteLink: link = (int)reader.Number; break;
                case RouteMetric: metric = reader.Number; break;
                case RouteTable: table = reader.Number; break;
            }
        }

        return new RouteEntry
        {
            Family = family,
            Destination = destination,
            PrefixLength = body[1],
            Gateway = gateway,
            Link = link,
            Metric = metric,
            Table = table,
            Protocol = body[5],
            Kind = (RouteKind)body[7],
        };
    }

    private int Change(ushort type, ushort flags, RouteEntry route)
    {
        ArgumentNullException.ThrowIfNull(route);
        Span<byte> buffer = stackalloc byte[MessageSize];
        var writer = new NetlinkWriter(buffer, type, flags);
        var fixedPart = writer.Fixed(RouteSize);
        fixedPart[0] = Number(route.Family);
        fixedPart[1] = route.PrefixLength;
        fixedPart[4] = route.Table < 256 ? (byte)route.Table : Unspecified;
        fixedPart[5] = route.Protocol;
        fixedPart[6] = route is { Gateway: null, Kind: RouteKind.Unicast } ? LinkScope : Universe;
        fixedPart[7] = (byte)route.Kind;
        writer.Add(RouteTable, route.Table);
        if (route.Destination is { } destination) writer.Add(RouteDestination, destination);
        if (route.Gateway is { } gateway) writer.Add(RouteGateway, gateway);
        if (route.Link != 0) writer.Add(RouteLink, (uint)route.Link);
        if (route.Metric != 0) writer.Add(RouteMetric, route.Metric);
        return _socket.Request(writer.Message);
    }

    internal const ushort NewRoute = 24;
    internal const ushort OldRoute = 25;
    private const ushort GetRoute = 26;
    private const int RouteSize = 12; // struct rtmsg
    private const ushort RouteDestination = 1;
    private const ushort RouteLink = 4;
    private const ushort RouteGateway = 5;
    private const ushort RouteMetric = 6;
    private const ushort RouteTable = 15;
    private const uint Cloned = 0x200; // RTM_F_CLONED
    private const byte Unspecified = 0;
    private const byte Universe = 0;
    private const byte LinkScope = 253;
}
