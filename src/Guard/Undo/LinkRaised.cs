using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>An interface that was off and is switched on. Do not record one that was on.</summary>
/// <param name="Device">Its name.</param>
public sealed record LinkRaised(string Device) : Change
{
    internal override string? Do(Rtnetlink net) => LinkOf(net, Device) is { } link
        ? Wrong($"switching {Device} on", net.SetUp(link, true))
        : $"there is no interface {Device}";

    internal override string? Undo(Rtnetlink net) =>
        LinkOf(net, Device) is { } link ? Wrong($"switching {Device} off", net.SetUp(link, false)) : null;
}
