using System.Net;
using Karez.Beds;
using Karez.Guard.Switch;
using Karez.Sys;
using Karez.Tests;

namespace Karez.Guard.Tests;

/// <summary>A machine with a way out, and a guard on it that runs in this process.</summary>
internal sealed class GuardBed : IDisposable
{
    public const string Device = "karez0";
    public static readonly IPEndPoint Node = new(IPAddress.Parse("10.9.0.2"), 443);

    private readonly Bed _bed = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("kzg").FullName;

    public GuardBed()
    {
        Near = _bed.AddMachine("near");
        Far = _bed.AddMachine("far");
        Link = _bed.Connect(Near, "10.9.0.1/24", Far, "10.9.0.2/24");
        Near.Ip("address", "add", "2001:db8::1/64", "dev", Link, "nodad");
        Far.Ip("address", "add", "2001:db8::2/64", "dev", Link, "nodad");
        Near.Ip("route", "add", "default", "via", "10.9.0.2");
        Near.Ip("-6", "route", "add", "default", "via", "2001:db8::2");
        foreach (var machine in (Machine[])[Near, Far])
        {
            while (machine.Ip("address").Contains("tentative", StringComparison.Ordinal))
                Thread.Sleep(50); // Link-local addresses are still being looked for on the link.
        }

        File.WriteAllText(Resolver, "nameserver 10.9.0.2\n");
        Plan = new GuardPlan
        {
            Journal = Path.Combine(_folder, "device.journal"),
            Switch = new SwitchPlan { Device = Device, Own = [IPNetwork.Parse("198.18.0.0/30")] },
            Addresses = [(IPAddress.Parse("198.18.0.1"), 30), (IPAddress.Parse("fd6b:6172:657a::1"), 126)],
            NameServer = IPAddress.Parse("198.18.0.2"),
            ResolverPath = Resolver,
        };
    }

    public static string? WhyNot => Bed.WhyNot ?? (Nftables.IsPresent && File.Exists("/usr/sbin/nft")
        ? null
        : "nftables is missing: apt-get install -y --no-install-recommends nftables libnftables1");

    public Machine Near { get; }

    public Machine Far { get; }

    public string Link { get; }

    public string Resolver => Path.Combine(_folder, "resolv.conf");

    public GuardPlan Plan { get; set; }

    /// <summary>Closes the switch, as a process of this machine would.</summary>
    public DeviceGuard Begin() => Near.Enter(() => DeviceGuard.Begin(Plan, TimeProvider.System));

    /// <summary>Opens the device, which leads nowhere here, and attaches the guard to it.</summary>
    public void Attach(DeviceGuard guard)
    {
        Near.Ip("tuntap", "add", Device, "mode", "tun");
        Within(guard.Attach);
    }

    /// <summary>What becomes of the device when its process ends, however it ends.</summary>
    public void LoseDevice() => Near.Ip("link", "delete", Device);

    public void Within(Action action) => Near.Enter(() =>
    {
        action();
        return true;
    });

    public Task<string> SnapshotAsync() =>
        MachineSnapshot.TakeAsync(Near, TestContext.Current.CancellationToken, Resolver);

    public void Dispose()
    {
        _bed.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
