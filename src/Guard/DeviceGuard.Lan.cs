using System.Diagnostics;
using Karez.Guard.Undo;
using Karez.Sys.Netlink;

namespace Karez.Guard;

/// <content>A gateway's side towards its clients.</content>
public sealed partial class DeviceGuard
{
    /// <summary>Starts a program that the journal knows, so that undoing ends it when this process is killed.</summary>
    /// <param name="start">What to start.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It is not there.</exception>
    /// <exception cref="GuardException">It cannot be written down; it was ended.</exception>
    public Process StartProgram(ProcessStartInfo start)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var process = Process.Start(start)!; // A new process is never null.
            try
            {
                _journal.Write(ProgramStarted.Of(process.Id));
                return process;
            }
            catch (GuardException)
            {
                process.Kill(); // nobody would find it again
                process.Dispose();
                throw;
            }
        }
    }

    private void PrepareLan()
    {
        if (_plan.LanAddress is not { } own || _plan.Switch.Lan is not { } lan)
            return;
        var links = new List<LinkEntry>();
        Require(_net.ReadLinks(links), "listing interfaces");
        var link = links.Find(l => l.Name == lan)
            ?? throw new GuardException($"there is no interface {lan}", "ip link lists them");
        var addresses = new List<AddressEntry>();
        Require(_net.ReadAddresses(addresses), "listing addresses");
        if (!addresses.Exists(address => address.Link == link.Index && address.Address.Equals(own.Address)))
            Make(new AddressAdded(lan, own.Address.ToString(), own.PrefixLength));
        if (!link.Traits.HasFlag(LinkTraits.Up))
            Make(new LinkRaised(lan));
        const string Forwarding = "/proc/sys/net/ipv4/ip_forward";
        if (File.ReadAllText(Forwarding).Trim() == "0")
            Make(new SettingWritten(Forwarding, "0", "1"));
    }
}
