using System.Net;
using Karez.Sys;
using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>An address of an interface. Do not record one that was there before.</summary>
/// <param name="Device">The interface's name.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The bits of its network.</param>
public sealed record AddressAdded(string Device, string Address, byte PrefixLength) : Change
{
    internal override string? Do(Rtnetlink net) => LinkOf(net, Device) is { } link
        ? Wrong($"address {Address} on {Device}", net.AddAddress(Entry(link)), Errno.Exists)
        : $"there is no interface {Device}";

    internal override string? Undo(Rtnetlink net) => LinkOf(net, Device) is { } link
        ? Wrong($"address {Address} on {Device}", net.DeleteAddress(Entry(link)), Errno.AddressNotAvailable)
        : null;

    private AddressEntry Entry(int link) => new(link, IPAddress.Parse(Address), PrefixLength);
}
