using Karez.Guard.Switch;
using Karez.Guard.Undo;
using Karez.Sys.Netlink;

namespace Karez.Guard;

/// <content>Routes and rules.</content>
public sealed partial class DeviceGuard
{
    private const byte Tcp = 6;
    private const byte Udp = 17;

    /// <summary>
    /// The order in which a packet is looked at: ours goes by the machine's own routes; questions for names go into the
    /// device whatever server they are for; what is on a link directly stays there; the rest goes into the device.
    /// </summary>
    private void PlanRouting()
    {
        var device = _plan.Switch.Device;
        bool[] families = HasIPv6 ? [false, true] : [false];
        foreach (var six in families)
        {
            if (!six || _plan.CarriesIPv6)
                _routing.Add(new RouteAdded(six, _plan.Table, device));
            // Where the device is gone, or IPv6 is not carried, programs hear so at once.
            if (_plan.HasSwitch || (six && !_plan.CarriesIPv6))
                _routing.Add(new RouteAdded(six, _plan.Table, null));
        }

        foreach (var six in families)
        {
            var (first, own) = (_plan.Priority, _plan.Table);
            _routing.Add(new RuleAdded(six, first, RouteEntry.MainTable, Mark: SwitchPlan.Mark));
            _routing.Add(new RuleAdded(six, first + 1, own, IPProtocol: Udp, Port: 53));
            _routing.Add(new RuleAdded(six, first + 1, own, IPProtocol: Tcp, Port: 53));
            _routing.Add(new RuleAdded(six, first + 2, RouteEntry.MainTable, WithoutDefault: true));
            _routing.Add(new RuleAdded(six, first + 3, own));
        }
    }

    /// <summary>
    /// A strict reverse path filter looks for the way back to a sender without our mark, finds the device, and drops
    /// what came by the real interface. The kernel takes the stricter of "all" and the interface's own; loose is 2.
    /// </summary>
    private void LoosenFilter()
    {
        const string Folder = "/proc/sys/net/ipv4/conf";
        const string All = $"{Folder}/all/rp_filter";
        if (!File.Exists(All) || !Directory.GetDirectories(Folder).Any(folder =>
            Path.GetFileName(folder) != "default" && File.ReadAllText($"{folder}/rp_filter").Trim() == "1"))
            return;
        Make(new SettingWritten(All, File.ReadAllText(All).Trim(), "2"));
    }
}
