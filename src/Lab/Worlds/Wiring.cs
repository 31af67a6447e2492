using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Karez.Beds;
using Karez.Lab.Router;

namespace Karez.Lab.Worlds;

/// <summary>Joins machines to the router's: links, addresses, default routes, and no word of ARP.</summary>
public sealed class Wiring
{
    /// <summary>The next hop of every machine (RFC 3927); nobody has it, its neighbour entry is fixed.</summary>
    public const string Gateway = "169.254.0.1";

    private const int IPv4 = 0x0800;

    private readonly Bed _bed;
    private readonly List<(Machine Machine, string Link, IReadOnlyList<string> Addresses)> _plugged = [];

    /// <summary>Makes the router's machine.</summary>
    public Wiring(Bed bed)
    {
        ArgumentNullException.ThrowIfNull(bed);
        _bed = bed;
        Hub = bed.AddMachine("router");

        // New namespaces inherit the host's setting; the kernel shall forward nothing here.
        _ = Hub.Enter(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "0");
            return 0;
        });
    }

    /// <summary>The machine in which all links end.</summary>
    public Machine Hub { get; }

    /// <summary>Makes a machine with these addresses; it sends from the last unless told otherwise.</summary>
    public Machine AddMachine(string name, params IReadOnlyList<string> addresses)
    {
        var machine = _bed.AddMachine(name);
        var link = _bed.Plug(machine, [.. addresses.Select(address => address + "/32")], Hub);
        _plugged.Add((machine, link, addresses));
        return machine;
    }

    /// <summary>The attachment of a machine made here.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="from">The link from it.</param>
    /// <param name="to">The link to it.</param>
    /// <param name="foreign">Whether it is abroad.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="subscriber">The subscriber's index, if it is one's.</param>
    /// <param name="region">As in <see cref="Attachment.Region"/>.</param>
    /// <param name="isCensors">As in <see cref="Attachment.IsCensors"/>.</param>
    public Attachment Attach(
        Machine machine, LinkProfile from, LinkProfile to, bool foreign, int seed, int subscriber = Passing.Nobody,
        string? region = null, bool isCensors = false)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var (_, link, addresses) = _plugged.Single(plugged => plugged.Machine == machine);
        var (hubIndex, hubAddress) = Look(Hub, link);
        var (_, ownAddress) = Look(machine, link);
        machine.Ip("neigh", "replace", Gateway, "lladdr", hubAddress, "dev", link, "nud", "permanent");
        machine.Ip("route", "add", Gateway, "dev", link, "scope", "link", "src", addresses[^1]);
        machine.Ip("route", "add", "default", "via", Gateway, "dev", link, "src", addresses[^1]);
        var header = new byte[RouterThread.EthernetHeader];
        Octets(ownAddress).CopyTo(header, 0);
        Octets(hubAddress).CopyTo(header, 6);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(12), IPv4);
        return new Attachment
        {
            Name = machine.Name,
            Interface = hubIndex,
            Header = header,
            From = new LinkModel(from, Seeds.Of(seed, machine.Name + " up")),
            To = new LinkModel(to, Seeds.Of(seed, machine.Name + " down")),
            Foreign = foreign,
            Subscriber = subscriber,
            Region = region,
            IsCensors = isCensors,
            Addresses = [.. addresses.Select(NumberOf)],
        };
    }

    /// <summary>An IPv4 address as a number, most significant octet first.</summary>
    public static uint NumberOf(string address) =>
        BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(address).GetAddressBytes());

    /// <summary>The address that a number is.</summary>
    public static string AddressOf(uint number)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, number);
        return new IPAddress(octets).ToString();
    }

    private static (int Index, string Address) Look(Machine machine, string link)
    {
        using var found = JsonDocument.Parse(machine.Ip("-j", "link", "show", "dev", link));
        var entry = found.RootElement[0];
        return (entry.GetProperty("ifindex").GetInt32(), entry.GetProperty("address").GetString() ?? "");
    }

    private static byte[] Octets(string address) =>
        [.. address.Split(':').Select(part => byte.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
