using Karez.Guard;
using Karez.Guard.Switch;
using Karez.Guard.Undo;
using Karez.Sys;

namespace Karez.Client.Device;

/// <summary>What a killed device left on this machine. The caller holds the folder's lock: nothing runs.</summary>
public static class HeldDevice
{
    /// <summary>Whether something was left.</summary>
    public static bool IsThere(string folder) => Journal.Read(Plan(folder).Journal).Count > 0;

    /// <summary>How it is; null when nothing was left.</summary>
    public static DeviceStatus? Status(string folder)
    {
        var plan = Plan(folder);
        var changes = Journal.Read(plan.Journal);
        if (changes.Count == 0)
            return null;
        var hasSwitch = changes.Any(change => change is TableMade);
        var open = hasSwitch && Nftables.IsPresent && Nftables.TryRun(SwitchTable.Opened, out var answer)
            ? SwitchTable.ReadOpened(answer)
            : TimeSpan.Zero;
        var state = open > TimeSpan.Zero ? SwitchState.Paused : SwitchState.Held;
        return new DeviceStatus(
            state.ToString().ToLowerInvariant(), hasSwitch, plan.Name, OpenForSeconds: (int)open.TotalSeconds);
    }

    /// <summary>Gives the machine back.</summary>
    /// <returns>What could not be undone.</returns>
    /// <exception cref="GuardException">This process may not change the network.</exception>
    public static IReadOnlyList<string> Undo(string folder) =>
        [.. Undoing.Run(Plan(folder).Journal, keepTable: false), .. Undoing.Sweep()];

    /// <summary>Opens the network for a while, with the machine's own routes; the kernel closes it.</summary>
    /// <exception cref="GuardException">It was not opened.</exception>
    public static void Pause(string folder, TimeSpan duration)
    {
        var wrong = Undoing.Run(Plan(folder).Journal, keepTable: true);
        if (wrong.Count > 0)
            throw new GuardException(wrong[0], "run it as root");
        if (!Nftables.TryRun(SwitchTable.Open(duration), out var answer))
            throw new GuardException($"it cannot be opened: {answer}", "karez disconnect gives the network back");
    }

    private static DevicePlan Plan(string folder) => new() { Folder = folder };
}
