using System.Net;
using System.Net.NetworkInformation;

namespace Karez.Sys.Netlink;

/// <content>Addresses and neighbours.</content>
public sealed partial class Rtnetlink
{
    /// <summary>Lists the addresses of all interfaces, both families.</summary>
    public int ReadAddresses(List<AddressEntry> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        return Dump(GetAddress, AddressSize, (type, body) =>
        {
            if (type == NewAddress && ParseAddress(body) is { } address)
                addresses.Add(address);
        }, addresses.Clear);
    }

    /// <summary>Gives an interface an address, without waiting for duplicates of it (IFA_F_NODAD).</summary>
    public int AddAddress(AddressEntry address) => Change(NewAddress, Create | Exclusive, address);

    /// <summary>Takes an address from an interface.</summary>
    public int DeleteAddress(AddressEntry address) => Change(OldAddress, 0, address);

    /// <summary>Lists the neighbours, both families.</summary>
    public int ReadNeighbours(List<NeighbourEntry> neighbours)
    {
        ArgumentNullException.ThrowIfNull(neighbours);
        return Dump(GetNeighbour, NeighbourSize, (type, body) =>
        {
            if (type != NewNeighbour || body.Length < NeighbourSize)
                return;
            IPAddress? address = null;
            PhysicalAddress? hardware = null;
            for (var reader = new NetlinkReader(body[NeighbourSize..]); reader.MoveNext();)
            {
                if (reader.Type == NeighbourAddress) address = reader.Address;
                else if (reader.Type == NeighbourHardware) hardware = new PhysicalAddress(reader.Value.ToArray());
            }

            if (address is not null)
            {
                neighbours.Add(
                    new(BitConverter.ToInt32(body[4..]), address, BitConverter.ToUInt16(body[8..]), hardware));
            }
        }, neighbours.Clear);
    }

    /// <summary>
    /// Has the kernel look for a neighbour's hardware address, by ARP or a solicitation, as if there were a packet for
    /// it (NTF_USE); one that it knows well enough it leaves alone.
    /// </summary>
    public int SeekNeighbour(int link, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> buffer = stackalloc byte[MessageSize];
        var writer = new NetlinkWriter(buffer, NewNeighbour, Create);
        var fixedPart = writer.Fixed(NeighbourSize);
        fixedPart[0] = Number(address.AddressFamily);
        BitConverter.TryWriteBytes(fixedPart[4..], link);
        fixedPart[10] = Use;
        writer.Add(NeighbourAddress, address);
        return _socket.Request(writer.Message);
    }

    internal static AddressEntry? ParseAddress(ReadOnlySpan<byte> body)
    {
        if (body.Length < AddressSize)
            return null;
        IPAddress? address = null, local = null;
        for (var reader = new NetlinkReader(body[AddressSize..]); reader.MoveNext();)
        {
            if (reader.Type == AddressAddress) address = reader.Address;
            else if (reader.Type == AddressLocal) local = reader.Address;
        }

        // On a link between two points IFA_ADDRESS is the other one's.
        return (local ?? address) is { } mine ? new AddressEntry(BitConverter.ToInt32(body[4..]), mine, body[1]) : null;
    }

    private int Change(ushort type, ushort flags, AddressEntry address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> buffer = stackalloc byte[MessageSize];
        var writer = new NetlinkWriter(buffer, type, flags);
        var fixedPart = writer.Fixed(AddressSize);
        fixedPart[0] = Number(address.Address.AddressFamily);
        fixedPart[1] = address.PrefixLength;
        fixedPart[2] = fixedPart[0] == SocketAddresses.InterNetworkV6 ? NoDuplicates : (byte)0;
        BitConverter.TryWriteBytes(fixedPart[4..], address.Link);
        writer.Add(AddressLocal, address.Address);
        writer.Add(AddressAddress, address.Address);
        return _socket.Request(writer.Message);
    }

    internal const ushort NewAddress = 20;
    internal const ushort OldAddress = 21;
    private const ushort GetAddress = 22;
    private const int AddressSize = 8; // struct ifaddrmsg
    private const ushort AddressAddress = 1;
    private const ushort AddressLocal = 2;
    private const byte NoDuplicates = 2;
    private const ushort NewNeighbour = 28;
    private const ushort GetNeighbour = 30;
    private const int NeighbourSize = 12; // struct ndmsg
    private const ushort NeighbourAddress = 1;
    private const ushort NeighbourHardware = 2; // NDA_LLADDR
    private const byte Use = 1;
}
