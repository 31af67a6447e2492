namespace Karez.Sys.Netlink;

/// <content>Links.</content>
public sealed partial class Rtnetlink
{
    /// <summary>Lists the interfaces.</summary>
    public int ReadLinks(List<LinkEntry> links)
    {
        ArgumentNullException.ThrowIfNull(links);
        return Dump(GetLink, LinkSize, (type, body) =>
        {
            if (type == NewLink && ParseLink(body) is { } link)
                links.Add(link);
        }, links.Clear);
    }

    /// <summary>Switches an interface on or off.</summary>
    public int SetUp(int link, bool up)
    {
        Span<byte> buffer = stackalloc byte[MessageSize];
        var writer = new NetlinkWriter(buffer, NewLink, 0);
        var fixedPart = writer.Fixed(LinkSize);
        BitConverter.TryWriteBytes(fixedPart[4..], link);
        BitConverter.TryWriteBytes(fixedPart[8..], up ? 1u : 0u);
        BitConverter.TryWriteBytes(fixedPart[12..], 1u); // Only this flag is changed.
        return _socket.Request(writer.Message);
    }

    /// <summary>Sets an interface's longest packet.</summary>
    public int SetMtu(int link, int mtu)
    {
        Span<byte> buffer = stackalloc byte[MessageSize];
        var writer = new NetlinkWriter(buffer, NewLink, 0);
        BitConverter.TryWriteBytes(writer.Fixed(LinkSize)[4..], link);
        writer.Add(LinkMtu, (uint)mtu);
        return _socket.Request(writer.Message);
    }

    /// <summary>Removes an interface.</summary>
    public int DeleteLink(int link)
    {
        Span<byte> buffer = stackalloc byte[MessageSize];
        var writer = new NetlinkWriter(buffer, OldLink, 0);
        BitConverter.TryWriteBytes(writer.Fixed(LinkSize)[4..], link);
        return _socket.Request(writer.Message);
    }

    internal static LinkEntry? ParseLink(ReadOnlySpan<byte> body)
    {
        if (body.Length < LinkSize)
            return null;
        var (name, mtu) = ("", 0);
        for (var reader = new NetlinkReader(body[LinkSize..]); reader.MoveNext();)
        {
            if (reader.Type == LinkName) name = reader.Text;
            else if (reader.Type == LinkMtu) mtu = (int)reader.Number;
        }

        return new LinkEntry(
            BitConverter.ToInt32(body[4..]), name, (LinkTraits)BitConverter.ToUInt32(body[8..]) & KnownFlags, mtu);
    }

    internal const ushort NewLink = 16;
    internal const ushort OldLink = 17;
    private const ushort GetLink = 18;
    private const int LinkSize = 16; // struct ifinfomsg
    private const ushort LinkName = 3;
    private const ushort LinkMtu = 4;
    private const LinkTraits KnownFlags =
        LinkTraits.Up | LinkTraits.Loopback | LinkTraits.PointToPoint | LinkTraits.Carrier;
}
